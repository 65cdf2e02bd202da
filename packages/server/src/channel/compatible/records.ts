import type { Content, Delivery, Holder, RecordEntry, RecordedMedia } from '@duoke/contract'
import { positionAt, type RecordedType } from '../../conversation/record-rows.ts'
import { entryOf, withMedia } from '../../conversation/records.ts'
import type { Transaction } from '../../database/client.ts'
import type { MediaOrigin } from '../../platform/media-origin.ts'
import { linkedMedia } from '../../platform/record-routes.ts'
import { type PageMemory, pageName, skipLines, takeLines } from './record-pages.ts'

export type CompatibleQuery = {
  readonly organizationId: string
  readonly accountId: string
  /** This moment included. For a `starttime` in seconds: starttime * 1000. */
  readonly fromMs: number
  /** This moment left out. For an `endtime` in seconds, whose whole second counts: (endtime + 1) * 1000. */
  readonly toMs: number
  /** The form of 2014 asks for one customer. */
  readonly openid?: string | undefined
  /**
   * `getmsglist`: messages only, opcodes 2002 and 2003, behind a msgid. `getrecord`: session changes too, opcodes 1000 to
   * 2003, by pages from 1 (protocol reference, sections 5.6 and 5.7).
   */
  readonly page:
    | { readonly form: 'getmsglist'; readonly msgid: number; readonly number: number }
    | { readonly form: 'getrecord'; readonly pageindex: number; readonly pagesize: number }
  /** `agentId@wechatId` for getmsglist, the bare name for getrecord. */
  readonly workerOf: (agentId: string) => string
}

/** The documented fields, then ours, which an old client passes over. */
export type CompatibleRecord = {
  readonly openid: string
  readonly opercode: Opcode
  readonly text: string
  readonly time: number
  /** Empty while no agent is concerned. */
  readonly worker: string
  readonly msgid: number
  readonly duoke: {
    readonly position: number
    readonly at: string
    readonly conversation_id: string
    readonly session_id: string | null
    readonly stint_id: string | null
    readonly message_id?: string
    readonly msgtype?: string
    readonly content?: Content | null
    readonly sender: { readonly kind: string; readonly id: string | null }
    readonly media?: readonly RecordedMedia[]
    readonly delivery?: Delivery
    readonly recalled_at?: string | null
    readonly event?: string
    readonly cause?: string | null
  }
}
export type Opcode = 1000 | 1001 | 1002 | 1003 | 1004 | 1005 | 2001 | 2002 | 2003

/** `number` and `msgid` are those of getmsglist's answer: both 0 on an empty page. */
export type CompatibleRecords = {
  readonly recordlist: readonly CompatibleRecord[]
  readonly number: number
  readonly msgid: number
}

export type CompatiblePorts = { readonly mediaOrigin: Pick<MediaOrigin, 'recordLink'>; readonly pages: PageMemory }

const messageTypes: readonly RecordedType[] = ['message.received', 'message.submitted']
const sessionTypes: readonly RecordedType[] = ['session.opened', 'session.queued', 'session.assigned', 'session.closed']
/** A follow or a pressed button is no message in WeChat's record. */
const isMessage = `e.facts ->> 'kind' is distinct from 'action'`
/** What WeChat's record has no line for: a first wait and a bot's turn begin with the session itself, and so does an agent's reopening. */
const hasOpcode = `not (e.type = 'session.queued' and e.facts #>> '{from,kind}' = 'nobody')
  and not (e.type = 'session.assigned' and e.facts ->> 'cause' = 'reopen')
  and not (e.type = 'session.assigned' and e.facts #>> '{to,kind}' = 'app' and e.facts #>> '{from,kind}' = 'nobody')`

/** The record of one account as WeChat's own interface tells it. */
export async function compatibleRecords(
  tx: Transaction,
  ports: CompatiblePorts,
  query: CompatibleQuery,
): Promise<CompatibleRecords> {
  const { organizationId: org, page } = query
  const conversationId = query.openid === undefined ? undefined : await conversationOf(tx, query, query.openid)
  if (conversationId === null) return { recordlist: [], number: 0, msgid: 0 }
  const start = (await positionAt(tx, org, query.fromMs)) - 1
  const isList = page.form === 'getmsglist'
  const selection = {
    before: await positionAt(tx, org, query.toMs),
    conversationId,
    accountId: query.accountId,
    types: isList ? messageTypes : [...messageTypes, ...sessionTypes],
    also: isList ? isMessage : `${isMessage} and ${hasOpcode}`,
  }
  const after = isList ? Math.max(start, page.msgid) : await startOfPage(tx, ports, query, { start, selection })
  if (after === null) return { recordlist: [], number: 0, msgid: 0 }
  const wanted = isList ? page.number : page.pagesize
  const recordlist: CompatibleRecord[] = []
  for await (const rows of takeLines(tx, org, { ...selection, after }, wanted)) {
    const entries = await withMedia(tx, org, rows.map(entryOf))
    rows.forEach(({ openid }, at) => {
      const entry = entries[at]
      if (entry !== undefined) recordlist.push(recordOf(ports, query, entry, openid ?? ''))
    })
  }
  const msgid = recordlist.at(-1)?.msgid ?? 0
  // What a full page ended with stays: the log is never changed, so the next page begins there in every answer.
  if (!isList && recordlist.length === wanted)
    ports.pages.set(pageName(query, page.pagesize, page.pageindex + 1), msgid)
  return { recordlist, number: recordlist.length, msgid }
}

type Begun = { readonly start: number; readonly selection: Omit<Parameters<typeof skipLines>[2], 'after'> }

/** Behind which position a page begins: as the page before it told, else by counting lines; null when there is no such page. */
async function startOfPage(
  tx: Transaction,
  { pages }: CompatiblePorts,
  query: CompatibleQuery,
  { start, selection }: Begun,
): Promise<number | null> {
  if (query.page.form === 'getmsglist' || query.page.pageindex === 1) return start
  const { pageindex, pagesize } = query.page
  const name = pageName(query, pagesize, pageindex)
  const known = pages.get(name)
  if (known !== undefined) return known
  const lines = (pageindex - 1) * pagesize
  const after = await skipLines(tx, query.organizationId, { ...selection, after: start }, lines)
  if (after !== null) pages.set(name, after)
  return after
}

async function conversationOf(tx: Transaction, query: CompatibleQuery, openid: string): Promise<string | null> {
  const { rows } = await tx.query<{ conversation_id: string }>({
    name: 'record_conversation_of',
    text: 'select conversation_id from customer where org_id = $1 and account_id = $2 and openid = $3',
    values: [query.organizationId, query.accountId, openid],
  })
  return rows[0]?.conversation_id ?? null
}

function recordOf(
  { mediaOrigin }: CompatiblePorts,
  query: CompatibleQuery,
  entry: RecordEntry,
  openid: string,
): CompatibleRecord {
  const agentId = agentOf(entry)
  const { position, at, conversationId: conversation_id, sessionId: session_id, stintId: stint_id } = entry
  const actor = entry.kind === 'message' ? entry.sender : entry.by
  const core = { position, at, conversation_id, session_id, stint_id, sender: { kind: actor.kind, id: idOf(actor) } }
  return {
    openid,
    opercode: opcodeOf(entry, query.page.form, agentId),
    text: entry.kind === 'message' ? shownText(entry.content) : '',
    time: Math.floor(Date.parse(at) / 1000),
    worker: agentId === null ? '' : query.workerOf(agentId),
    msgid: position,
    duoke: { ...core, ...details(entry) },
  }

  function details(one: RecordEntry): Partial<CompatibleRecord['duoke']> {
    if (one.kind === 'session') return { event: one.event, cause: one.cause }
    if (one.kind === 'recall') return { message_id: one.messageId }
    const { messageId: message_id, type: msgtype, content, delivery, recalledAt: recalled_at } = one
    const media = one.media.map((file) => linkedMedia(mediaOrigin, query.organizationId, file))
    return { message_id, msgtype, content, media, recalled_at, ...(delivery !== undefined && { delivery }) }
  }
}

/** The agent whose line it is: who wrote, who was serving when the customer wrote, who got the session, or who gave it. */
function agentOf(entry: RecordEntry): string | null {
  if (entry.kind === 'message' && entry.inNameOf !== undefined) return entry.inNameOf
  const named =
    entry.kind === 'message'
      ? [entry.direction === 'out' ? entry.sender : entry.holder]
      : entry.kind === 'session'
        ? [entry.to, entry.from, entry.by]
        : [entry.by]
  for (const one of named) if (one?.kind === 'agent') return one.agentId
  return null
}

function idOf(actor: Extract<RecordEntry, { kind: 'message' }>['sender']): string | null {
  switch (actor.kind) {
    case 'customer':
      return actor.customerId
    case 'agent':
      return actor.agentId
    case 'app':
      return actor.appId
    case 'rule':
      return actor.rule
    case 'system':
    case 'operator':
      return null
    default:
      return actor satisfies never
  }
}

/** Protocol reference, section 5.7; getmsglist knows 2002 and 2003 only (section 5.6). */
function opcodeOf(entry: RecordEntry, form: CompatibleQuery['page']['form'], agentId: string | null): Opcode {
  if (entry.kind === 'message') {
    if (entry.direction === 'out') return 2002
    return form === 'getmsglist' || agentId !== null ? 2003 : 2001
  }
  if (entry.kind === 'recall') return 2001
  switch (entry.event) {
    case 'opened':
      return entry.cause === 'agent' ? 1002 : 1000
    case 'closed':
      return 1004
    case 'queued':
    case 'idle-warned':
    case 'offered':
    case 'offer-ended':
    case 'broadcast':
    case 'broadcast-joined':
    case 'broadcast-left':
    case 'broadcast-ended':
    case 'parked':
    case 'resumed':
    case 'wrap-up-began':
    case 'disposed':
      return 1003
    case 'assigned':
      if (entry.cause === 'take-over') return 1005
      // Who only waited is accepted, whoever gave them; handed over is what somebody held.
      return (entry.cause === 'transfer' && isServed(entry.from)) || entry.to?.kind === 'app' ? 1003 : 1001
    default:
      return entry.event satisfies never
  }
}

function isServed(from: Holder | null): boolean {
  return from?.kind === 'agent' || from?.kind === 'app'
}

/** Text as it is; the rest in brackets, as WeChat shows pictures, voices and videos (protocol reference, section 5.6). */
export function shownText(content: Content | null): string {
  if (content === null) return ''
  if (content.type === 'text') return content.text
  return content.type === 'mini-program' ? '[miniprogrampage]' : `[${content.type}]`
}
