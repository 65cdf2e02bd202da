import type { LoggedEvent, QuickReply, QuickReplyContent, QuickReplyOwner } from '@duoke/contract'
import type { QuickReplyState } from '@duoke/domain'
import type { Statement, Transaction } from '../database/client.ts'
import type { AppliedBatch, Projection } from '../events/batch.ts'
import { readingOf } from './pinyin.ts'
import { instant } from './queries.ts'

/** Rows of quick replies as the batch left them, and how often each was sent. */
export const writeQuickReplies: Projection = (batch) => [
  ...dropThoseOf(batch),
  ...writeSaved(batch),
  ...countUses(batch),
]

/** First: whoever is added again in the same batch begins with none. */
function dropThoseOf({ organizationId, sealed }: AppliedBatch): Statement[] {
  const gone = sealed.flatMap(({ event }) =>
    event.type === 'agent.removed'
      ? [{ kind: 'agent', id: event.facts.agentId }]
      : event.type === 'team.removed'
        ? [{ kind: 'team', id: event.facts.teamId }]
        : [],
  )
  if (gone.length === 0) return []
  const text = `delete from quick_reply q using unnest($2::text[], $3::text[]) as u(kind, id)
    where q.org_id = $1 and q.owner_kind = u.kind and q.owner_id = u.id`
  const values = [organizationId, gone.map(({ kind }) => kind), gone.map(({ id }) => id)]
  return [{ name: 'store_quick_replies_of', text, values }]
}

const erased: QuickReplyContent = { title: '', group: '', parts: [] }

function writeSaved({ organizationId, sealed, state }: AppliedBatch): Statement[] {
  const saved = new Map<string, { owner: QuickReplyOwner; content: QuickReplyContent }>()
  const removed = new Set<string>()
  for (const { event } of sealed) {
    if (event.type !== 'quick-reply.saved' && event.type !== 'quick-reply.removed') continue
    const { quickReplyId } = event.facts
    if (event.type === 'quick-reply.saved' && state.quickReplies.has(quickReplyId)) {
      saved.set(quickReplyId, { owner: event.facts.owner, content: event.personal ?? erased })
    } else removed.add(quickReplyId)
  }
  const statements: Statement[] = []
  if (removed.size > 0) {
    statements.push({
      name: 'store_quick_reply_removed',
      text: 'delete from quick_reply where org_id = $1 and quick_reply_id = any($2::text[])',
      values: [organizationId, [...removed]],
    })
  }
  if (saved.size === 0) return statements
  const rows = [...saved].map(([id, { owner, content }]) => ({ id, owner, ...content }))
  statements.push({
    name: 'store_quick_replies',
    text: `insert into quick_reply (org_id, quick_reply_id, owner_kind, owner_id, title, reply_group, parts, pinyin)
      select $1, u.id, u.owner_kind, u.owner_id, u.title, u.reply_group, u.parts::json, u.pinyin
      from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
        as u(id, owner_kind, owner_id, title, reply_group, parts, pinyin)
      on conflict (org_id, quick_reply_id) do update set
        title = excluded.title, reply_group = excluded.reply_group, parts = excluded.parts, pinyin = excluded.pinyin`,
    values: [
      organizationId,
      rows.map(({ id }) => id),
      rows.map(({ owner }) => owner.kind),
      rows.map(({ owner }) => ownerIdOf(owner)),
      rows.map(({ title }) => title),
      rows.map(({ group }) => group),
      rows.map(({ parts }) => JSON.stringify(parts)),
      rows.map(({ title }) => readingOf(title)),
    ],
  })
  return statements
}

function countUses({ organizationId, sealed }: AppliedBatch): Statement[] {
  const uses = new Map<string, { count: number; atMs: number }>()
  for (const { event } of sealed) {
    const id = quickReplyOf(event)
    if (id !== undefined) uses.set(id, { count: (uses.get(id)?.count ?? 0) + 1, atMs: event.atMs })
  }
  if (uses.size === 0) return []
  const counts = [...uses.values()]
  const text = `update quick_reply q set uses = q.uses + u.count, last_used_at = to_timestamp(u.at / 1000)
    from unnest($2::text[], $3::bigint[], $4::double precision[]) as u(id, count, at)
    where q.org_id = $1 and q.quick_reply_id = u.id`
  const values = [organizationId, [...uses.keys()], counts.map(({ count }) => count), counts.map(({ atMs }) => atMs)]
  return [{ name: 'store_quick_reply_uses', text, values }]
}

function quickReplyOf(event: LoggedEvent): string | undefined {
  return event.type === 'message.submitted' ? event.facts.quickReplyId : undefined
}

function ownerIdOf(owner: QuickReplyOwner): string {
  switch (owner.kind) {
    case 'agent':
      return owner.agentId
    case 'team':
      return owner.teamId
    case 'organization':
      return ''
    default:
      return owner satisfies never
  }
}

type OwnerRow = { readonly owner_kind: QuickReplyOwner['kind']; readonly owner_id: string }
type Row = OwnerRow & {
  readonly quick_reply_id: string
  readonly title: string
  readonly reply_group: string
  readonly parts: string
  readonly pinyin: string
  readonly uses: number
  readonly last_used_at: number | null
}

function ownerOf({ owner_kind: kind, owner_id: id }: OwnerRow): QuickReplyOwner {
  switch (kind) {
    case 'agent':
      return { kind, agentId: id }
    case 'team':
      return { kind, teamId: id }
    case 'organization':
      return { kind }
    default:
      return kind satisfies never
  }
}

/** What decisions need of them. */
export async function readQuickReplyStates(tx: Transaction, org: string): Promise<QuickReplyState[]> {
  const { rows } = await tx.query<OwnerRow & { quick_reply_id: string }>({
    text: 'select quick_reply_id, owner_kind, owner_id from quick_reply where org_id = $1',
    values: [org],
  })
  return rows.map((row) => ({ quickReplyId: row.quick_reply_id, owner: ownerOf(row) }))
}

/** Who asks: their own, and those of these teams (null: of every team), besides the organization's. */
export type Reader = { readonly agentId: string | null; readonly teams: readonly string[] | null }

const columns = `quick_reply_id, owner_kind, owner_id, title, reply_group, parts::text as parts, pinyin, uses, last_used_at`

export async function readQuickReplies(
  tx: Transaction,
  org: string,
  reader: Reader,
  page: { readonly after: string; readonly limit: number },
): Promise<QuickReply[]> {
  const { rows } = await tx.query<Row>({
    name: 'quick_replies_page',
    text: `select ${columns} from quick_reply
      where org_id = $1 and quick_reply_id > $2 and (owner_kind = 'organization'
        or (owner_kind = 'agent' and owner_id = $3)
        or (owner_kind = 'team' and ($4::text[] is null or owner_id = any($4::text[]))))
      order by quick_reply_id limit $5`,
    values: [org, page.after, reader.agentId, reader.teams, page.limit],
  })
  return rows.map(quickReplyOfRow)
}

export async function readQuickReply(tx: Transaction, org: string, id: string): Promise<QuickReply | null> {
  const { rows } = await tx.query<Row>({
    name: 'quick_reply_by_id',
    text: `select ${columns} from quick_reply where org_id = $1 and quick_reply_id = $2`,
    values: [org, id],
  })
  return rows[0] === undefined ? null : quickReplyOfRow(rows[0])
}

function quickReplyOfRow(row: Row): QuickReply {
  return {
    id: row.quick_reply_id,
    owner: ownerOf(row),
    title: row.title,
    group: row.reply_group,
    parts: JSON.parse(row.parts) as QuickReply['parts'], // written above
    pinyin: row.pinyin,
    uses: row.uses,
    lastUsedAt: row.last_used_at === null ? null : instant(row.last_used_at),
  }
}
