import type { Content, Holder, RecordEntry, RecordedMedia, RecordedMessage, RecordedSession } from '@duoke/contract'
import type { Transaction } from '../database/client.ts'
import { defaultLimit, type PageOf, readKeyset, writeKeyset } from '../http/keyset.ts'
import { instant } from './queries.ts'
import { positionAt, type RecordedEvent, type RecordedType, type RecordRow, readRecordRows } from './record-rows.ts'

export type RecordFilter = {
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
  readonly conversation?: string | undefined
  readonly account?: string | undefined
  readonly agent?: string | undefined
  readonly app?: string | undefined
  readonly limit?: number | undefined
  readonly after?: string | undefined
}

export const recordedTypes: readonly RecordedType[] = [
  'message.received',
  'message.submitted',
  'message.recalled',
  'session.opened',
  'session.queued',
  'session.assigned',
  'session.idle-warned',
  'session.closed',
  'session.offered',
  'session.offer-ended',
  'session.broadcast',
  'session.broadcast-joined',
  'session.broadcast-left',
  'session.broadcast-ended',
  'session.parked',
  'session.resumed',
  'session.wrap-up-began',
  'session.disposed',
]

const nobody: Holder = { kind: 'nobody' }
/** Positions that one statement looks at, and that one request does; beyond them the reader is told to go on. */
const lookedAt = { atOnce: 10_000, atMost: 50_000 }

/** A page of the complete record, oldest first. */
export async function listRecords(
  tx: Transaction,
  org: string,
  filter: RecordFilter,
  { atOnce, atMost } = lookedAt,
): Promise<PageOf<RecordEntry>> {
  const limit = filter.limit ?? defaultLimit
  const { first, end } = await boundsOf(tx, org, filter)
  const selection = { conversationId: filter.conversation, accountId: filter.account, types: recordedTypes }
  // Of one conversation the index knows the lines; of an agent or app only the lines themselves tell.
  const width = filter.conversation === undefined ? atOnce : end
  const pageSize = filter.agent === undefined && filter.app === undefined ? limit + 1 : 500
  const found: RecordEntry[] = []
  let after = first
  while (found.length <= limit && after + 1 < end) {
    if (after - first >= atMost && filter.conversation === undefined) {
      return { items: await withMedia(tx, org, found), next: writeKeyset({ at: after, id: '' }) }
    }
    const before = Math.min(end, after + 1 + width)
    const rows = await readRecordRows(tx, org, { ...selection, after, before, limit: pageSize })
    found.push(...rows.map(entryOf).filter((entry) => concerns(entry, filter)))
    after = rows.length < pageSize ? before - 1 : (rows.at(-1)?.event.position ?? after)
  }
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const next = found.length > limit && last !== undefined ? writeKeyset({ at: last.position, id: '' }) : null
  return { items: await withMedia(tx, org, items), next }
}

/** Behind which position to begin, and before which to end. */
async function boundsOf(tx: Transaction, org: string, filter: RecordFilter): Promise<{ first: number; end: number }> {
  const { rows } = await tx.query<{ head: number }>({
    name: 'record_head',
    text: 'select head from organization where org_id = $1',
    values: [org],
  })
  const start = filter.fromMs === undefined ? 0 : (await positionAt(tx, org, filter.fromMs)) - 1
  const end = filter.toMs === undefined ? (rows[0]?.head ?? 0) + 1 : await positionAt(tx, org, filter.toMs)
  return { first: Math.max(start, readKeyset(filter.after)?.at ?? 0), end }
}

/** Whether an agent or app took part: wrote, acted, held the conversation, gave it or got it. */
function concerns(entry: RecordEntry, { agent, app }: RecordFilter): boolean {
  if (agent === undefined && app === undefined) return true
  const named =
    entry.kind === 'message'
      ? [entry.sender, entry.holder]
      : entry.kind === 'session'
        ? [entry.by, entry.from, entry.to]
        : [entry.by]
  const isAgent = agent === undefined || named.some((one) => one?.kind === 'agent' && one.agentId === agent)
  const isApp = app === undefined || named.some((one) => one?.kind === 'app' && one.appId === app)
  return isAgent && isApp
}

/** One line from its row; the media are named, and described by `withMedia`. */
export function entryOf(row: RecordRow): RecordEntry {
  const { event, accountId, customerId, conversationId } = row
  const common = { position: event.position, at: instant(event.atMs), accountId, conversationId, customerId }
  switch (event.type) {
    case 'message.received':
    case 'message.submitted':
      return messageOf(row, event, common)
    case 'message.recalled': {
      const holder = holderOf(row.holding)
      const where = { sessionId: row.holding?.facts.sessionId ?? null, stintId: stintOf(holder) }
      return { kind: 'recall', ...common, ...where, messageId: event.facts.messageId, by: event.actor }
    }
    default:
      return sessionOf(event, common)
  }
}

type Common = Pick<RecordEntry, 'position' | 'at' | 'accountId' | 'conversationId' | 'customerId'>
type MessageEvent = Extract<RecordedEvent, { type: 'message.received' | 'message.submitted' }>

function messageOf(row: RecordRow, event: MessageEvent, common: Common): RecordedMessage {
  const content = event.personal?.content ?? null
  const holder = holderOf(row.holding)
  const core: RecordedMessage = {
    kind: 'message',
    ...common,
    sessionId: event.facts.sessionId,
    stintId: (event.type === 'message.submitted' ? event.facts.stintId : null) ?? stintOf(holder),
    messageId: event.facts.messageId,
    direction: event.type === 'message.received' ? 'in' : 'out',
    sender: event.actor,
    holder,
    type: event.facts.kind,
    text: content === null ? null : wordsOf(content),
    content,
    media: mediaIdsOf(content, event.facts.mediaIds).map(unknownMedia),
    recalledAt: row.recalledAtMs === null ? null : instant(row.recalledAtMs),
  }
  if (event.type === 'message.received') return core
  const { via, clientId, inNameOf } = event.facts
  // Nobody ever says whether a passive reply arrived.
  const before = { state: via === 'passive-reply' ? ('unknown' as const) : ('queued' as const) }
  const named = inNameOf === undefined ? {} : { inNameOf }
  return {
    ...core,
    ...named,
    via,
    ...(clientId !== undefined && { clientId }),
    delivery: deliveryOf(row.settled) ?? before,
  }
}

function deliveryOf(settled: RecordRow['settled']): RecordedMessage['delivery'] {
  if (settled === null) return undefined
  const { outcome, code, reason } = settled.facts
  return { state: outcome, ...(code !== undefined && { code }), ...(reason !== undefined && { reason }) }
}

/** What was said in words; a picture has none. */
function wordsOf(content: Content): string | null {
  if (content.type === 'text') return content.text
  return content.type === 'voice' ? (content.recognition ?? null) : null
}

export function mediaIdsOf(content: Content | null, more: readonly string[] = []): string[] {
  const own: (string | undefined)[] = []
  if (content !== null && 'mediaId' in content) own.push(content.mediaId)
  if (content !== null && 'thumbMediaId' in content) own.push(content.thumbMediaId)
  return [...new Set([...own, ...more])].filter((id) => id !== undefined)
}

type SessionEvent = Exclude<RecordedEvent, MessageEvent | { type: 'message.recalled' }>

function sessionOf(event: SessionEvent, common: Common): RecordedSession {
  const { facts, actor: by } = event
  const from = 'from' in facts ? facts.from : null
  const to =
    event.type === 'session.queued' || event.type === 'session.assigned' || event.type === 'session.closed'
      ? holderOf(event)
      : null
  const stintId = (to === null ? null : stintOf(to)) ?? (from === null ? null : stintOf(from))
  const core: RecordedSession = {
    kind: 'session',
    ...common,
    sessionId: facts.sessionId,
    stintId,
    event: named[event.type],
    by,
    cause: causeOf(event),
    from,
    to,
    note: ('personal' in event ? event.personal?.note : undefined) ?? null,
  }
  return core
}

/** Why it happened; of an offer that ended, what became of it. */
function causeOf({ facts }: SessionEvent): string | null {
  if ('cause' in facts) return facts.cause
  return 'outcome' in facts ? facts.outcome : null
}

const named = {
  'session.opened': 'opened',
  'session.queued': 'queued',
  'session.assigned': 'assigned',
  'session.idle-warned': 'idle-warned',
  'session.closed': 'closed',
  'session.offered': 'offered',
  'session.offer-ended': 'offer-ended',
  'session.broadcast': 'broadcast',
  'session.broadcast-joined': 'broadcast-joined',
  'session.broadcast-left': 'broadcast-left',
  'session.broadcast-ended': 'broadcast-ended',
  'session.parked': 'parked',
  'session.resumed': 'resumed',
  'session.wrap-up-began': 'wrap-up-began',
  'session.disposed': 'disposed',
} as const

/** Who holds a conversation from this event on. */
function holderOf(holding: RecordRow['holding']): Holder {
  if (holding === null) return nobody
  switch (holding.type) {
    case 'session.assigned':
      return { ...holding.facts.to, stintId: holding.facts.stintId, since: instant(holding.atMs) }
    case 'session.queued':
      return { kind: 'queue', teamId: holding.facts.teamId, since: holding.facts.waitingSince }
    case 'session.closed':
      return nobody
    default:
      return holding satisfies never
  }
}

function stintOf(holder: Holder): string | null {
  return 'stintId' in holder ? holder.stintId : null
}

function unknownMedia(id: string): RecordedMedia {
  return { id, contentType: null, sizeBytes: null, state: 'expired', url: null, urlExpiresAt: null }
}

type MediaRow = {
  readonly media_id: string
  readonly content_type: string | null
  readonly size: number | null
  readonly state: RecordedMedia['state']
}

/** The same lines with what is known of their files. */
export async function withMedia<E extends RecordEntry>(
  tx: Transaction,
  org: string,
  entries: readonly E[],
): Promise<E[]> {
  const ids = entries.flatMap((entry) => (entry.kind === 'message' ? entry.media.map(({ id }) => id) : []))
  if (ids.length === 0) return [...entries]
  const { rows } = await tx.query<MediaRow>({
    name: 'record_media',
    text: 'select media_id, content_type, size, state from media where org_id = $1 and media_id = any($2::text[])',
    values: [org, ids],
  })
  const known = new Map(
    rows.map(({ media_id: id, content_type: contentType, size: sizeBytes, state }) => [
      id,
      { contentType, sizeBytes, state },
    ]),
  )
  return entries.map((entry) =>
    entry.kind === 'message'
      ? { ...entry, media: entry.media.map((one) => ({ ...one, ...known.get(one.id) })) }
      : entry,
  )
}
