import type { Transaction } from '../../database/client.ts'

/** What the log does not give back by itself, a line for each row; `json` columns stay the text that they are. */
export type DecisionLine = { id: string; position: number; conversationId: string; record: unknown }
export type TimerLine = { key: string; due: number; position: number; command: unknown }
export type CommandLine = { key: string; position: number; at: number; result: unknown }
export type MediaLine = {
  id: string
  accountId: string | null
  conversationId: string | null
  kind: string
  state: 'pending' | 'stored' | 'expired'
  contentType: string | null
  sizeBytes: number | null
  sha256: string | null
  createdAt: number
  fetchedAt: number | null
  /** WeChat's id of a file that is still to be fetched. */
  wechatMediaId?: string
}
/** How far an app was pushed the log: at the new place it gets what it has not got yet, and nothing twice. */
export type FeedLine = { appId: string; accountId: string; position: number }
export type EventLine = {
  position: number
  at: number
  type: string
  version: number
  actor: unknown
  facts: unknown
  personal?: unknown
  /** Base64; with them the hash chain proves that nothing was changed. */
  salt?: string
  digest?: string
  hash: string
}

type EventRow = {
  readonly position: number
  readonly type: string
  readonly v: number
  readonly at: number
  readonly actor: string
  readonly facts: string
  readonly personal: string | null
  readonly salt: Buffer | null
  readonly digest: Buffer | null
  readonly hash: Buffer
}

const page = 5000
const mine = `org_id = current_setting('duoke.org')`

/** The rows of a query of the open transaction, without ever holding all of them. */
export async function* rowsOf<Row>(tx: Transaction, name: string, select: string): AsyncGenerator<Row> {
  await tx.query({ text: `declare ${name} no scroll cursor for ${select}` })
  for (;;) {
    const { rows } = await tx.query<Row>({ text: `fetch ${page} from ${name}` })
    yield* rows
    if (rows.length < page) break
  }
  await tx.query({ text: `close ${name}` })
}

const columns = 'position, type, v, at, actor::text, facts::text, personal::text, salt, digest, hash'

/** The texts are those that were hashed, so they are put together and not written anew. */
export async function* eventLines(tx: Transaction): AsyncGenerator<string> {
  const select = `select ${columns} from event where ${mine} order by position`
  for await (const row of rowsOf<EventRow>(tx, 'archive_events', select)) {
    const { position, at, type, v, actor, facts, personal, salt, digest, hash } = row
    yield [
      `{"position":${position},"at":${at},"type":${JSON.stringify(type)},"version":${v},"actor":${actor},"facts":${facts}`,
      personal === null ? '' : `,"personal":${personal}`,
      salt === null ? '' : `,"salt":"${salt.toString('base64')}"`,
      digest === null ? '' : `,"digest":"${digest.toString('base64')}"`,
      `,"hash":"${hash.toString('hex')}"}`,
    ].join('')
  }
}

export async function* decisionLines(tx: Transaction): AsyncGenerator<string> {
  const select = `select decision_id, position, conversation_id, record::text from decision where ${mine}
    order by position, decision_id collate "C"`
  type Row = { decision_id: string; position: number; conversation_id: string; record: string }
  for await (const row of rowsOf<Row>(tx, 'archive_decisions', select)) {
    const { decision_id: id, position, conversation_id: conversationId } = row
    yield withText({ id, position, conversationId }, 'record', row.record)
  }
}

export async function* timerLines(tx: Transaction): AsyncGenerator<string> {
  const select = `select key, due, position, command::text from timer where ${mine} order by key collate "C"`
  for await (const { command, ...row } of rowsOf<Omit<TimerLine, 'command'> & { command: string }>(
    tx,
    'archive_timers',
    select,
  )) {
    yield withText(row, 'command', command)
  }
}

/**
 * What was answered under which key: whoever repeats a command at the new place is still answered as before. Answers of the
 * REST interface itself are sealed with the old place's key and stay behind.
 */
export async function* commandLines(tx: Transaction): AsyncGenerator<string> {
  const select = `select key, position, at, result::text from seen_command
    where ${mine} and position > 0 order by position, key collate "C"`
  for await (const { result, ...row } of rowsOf<Omit<CommandLine, 'result'> & { result: string }>(
    tx,
    'archive_commands',
    select,
  )) {
    yield withText(row, 'result', result)
  }
}

export async function* feedLines(tx: Transaction): AsyncGenerator<string> {
  const select = `select app_id as "appId", account_id as "accountId", position from app_feed where ${mine}
    order by app_id collate "C", account_id collate "C"`
  for await (const row of rowsOf<FeedLine>(tx, 'archive_feeds', select)) yield JSON.stringify(row)
}

export async function* mediaRows(tx: Transaction): AsyncGenerator<MediaLine> {
  const select = `select media_id as id, account_id as "accountId", conversation_id as "conversationId", kind, state,
      content_type as "contentType", size as "sizeBytes", encode(sha256, 'hex') as sha256, created_at as "createdAt",
      fetched_at as "fetchedAt", wechat_media_id as "wechatMediaId"
    from media where ${mine} order by media_id collate "C"`
  type Row = Omit<MediaLine, 'wechatMediaId'> & { wechatMediaId: string | null }
  for await (const { wechatMediaId, ...row } of rowsOf<Row>(tx, 'archive_media', select)) {
    yield { ...row, ...(row.state === 'pending' && wechatMediaId !== null && { wechatMediaId }) }
  }
}

function withText(row: object, name: string, json: string): string {
  return `${JSON.stringify(row).slice(0, -1)},"${name}":${json}}`
}
