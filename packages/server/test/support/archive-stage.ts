// Organizations made at random, their archives, and the empty installations that these are brought into.
import { randomBytes } from 'node:crypto'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Random } from '@duoke/domain'
import type { Database } from '../../src/database/client.ts'
import type { Connection } from '../../src/database/connection.ts'
import { liveProjections } from '../../src/ground.ts'
import { type ArchiveSummary, writeArchive } from '../../src/platform/archive/export.ts'
import { digestOf } from '../../src/platform/archive/format.ts'
import { type ImportSummary, readArchive } from '../../src/platform/archive/import.ts'
import { folderSink, tarSink } from '../../src/platform/archive/sink.ts'
import { openArchive } from '../../src/platform/archive/source.ts'
import { configure, type Desk, documentOf, type LogServer, must, says } from './log-stage.ts'
import { createCallers } from './random-commands.ts'

/** Files by organization and digest, as the channel's store keeps them. */
export type FileShelf = {
  readonly held: Map<string, Uint8Array>
  put(org: string, bytes: Uint8Array): Promise<string>
  read(org: string, sha256: Uint8Array): Promise<Uint8Array | null>
}

export function createShelf(): FileShelf {
  const held = new Map<string, Uint8Array>()
  return {
    held,
    async put(org, bytes) {
      const sha256 = digestOf(bytes)
      held.set(`${org}/${sha256}`, bytes)
      return sha256
    },
    read: async (org, sha256) => held.get(`${org}/${Buffer.from(sha256).toString('hex')}`) ?? null,
  }
}

export type Form = 'folder' | 'tar' | 'tar.gz'

export function archivePlaces(): Disposable & { next(form: Form): string } {
  const root = mkdtempSync(join(tmpdir(), 'duoke-archive-'))
  let count = 0
  return {
    next(form) {
      count += 1
      return join(root, form === 'folder' ? `${count}` : `${count}.${form}`)
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}

const seal = (_org: string, text: string) => Buffer.from(text).reverse()
const unseal = (_org: string, sealed: Uint8Array) => Buffer.from(sealed).reverse().toString()

export async function exportTo(
  place: string,
  form: Form,
  from: {
    readonly connection: Connection
    readonly org: string
    readonly shelf: FileShelf
    readonly secrets?: boolean
  },
): Promise<ArchiveSummary> {
  const { connection, org, shelf, secrets = false } = from
  const sink = form === 'folder' ? folderSink(place) : tarSink(createWriteStream(place), { gzip: form === 'tar.gz' })
  return writeArchive({ connection, files: shelf, openSecret: unseal }, org, sink, { secrets })
}

export async function importFrom(place: string, connection: Connection, shelf: FileShelf): Promise<ImportSummary> {
  const drawEpoch = () => randomBytes(6).toString('hex')
  const ports = { connection, files: shelf, sealSecret: seal, drawEpoch, projections: liveProjections }
  return readArchive(ports, await openArchive(place))
}

/** A history of random commands, with pictures that arrived, are still awaited, are lost, or were sent twice. */
export async function makeHistory(
  server: LogServer,
  desk: Desk,
  shelf: FileShelf,
  random: Random,
  steps: number,
): Promise<void> {
  const callers = createCallers(random, desk, { customers: 5 })
  const document = documentOf(desk, 2)
  const push = { url: 'http://127.0.0.1:9/wx', mode: 'safe', format: 'xml' } as const
  const pushed = (document.apps ?? []).map((app) => ({
    ...app,
    attachments: app.attachments.map((one) => ({ ...one, push })),
  }))
  await must(server.log, desk.org, configure({ ...document, apps: pushed }))
  await giveSecrets(server.database, desk)
  for (let step = 0; step < steps; step += 1) {
    const key = random.chance(0.5) ? { key: `push:${step}` } : {}
    const outcome = await server.log.submit(desk.org, callers.next(), { lane: 'agents', ...key })
    if (outcome.accepted) callers.hear(outcome)
    if (random.chance(0.2)) await receivePicture(server, desk, shelf, random)
    if (outcome.accepted && random.chance(0.05)) await recall(server, desk, outcome.events)
  }
}

/** As the configuration does: sealed, beside what the log says. */
async function giveSecrets(database: Database, { org, agents }: Desk): Promise<void> {
  await database.withOrganization(org, async (tx) => {
    await tx.query({ text: 'update account set secrets = $1', values: [seal(org, 'secret of the account')] })
    await tx.query({ text: 'update app_attachment set secrets = $1', values: [seal(org, 'secret of the app')] })
    await tx.query({
      text: `insert into credential (org_id, agent_id, password_hash, totp) values ($1, $2, '$scrypt$x', $3)`,
      values: [org, agents[0] ?? '', seal(org, 'secret of one-time codes')],
    })
    await tx.query({ text: 'update app_feed set position = position + 1' })
    await tx.query({ text: numbers, values: [org] })
    await tx.query({ text: deliveries, values: [org] })
  })
}

const numbers = `insert into agent_number (org_id, agent_id, number, invited_wx, invited_at, picture)
  select $1, agent_id, 1000 + row_number() over (order by agent_id), case when n = 1 then 'wx-lili' end,
    case when n = 1 then clock_timestamp() end, case when n = 2 then 'md-face' end
  from (select agent_id, row_number() over (order by agent_id) as n from agent where org_id = $1) as numbered`

/** A question, a push that failed twice, and a verification, for each attachment. */
const deliveries = `insert into app_delivery (org_id, delivery_id, app_id, account_id, conversation_id, position, message_id, kind,
    name, role, attempt, at, took_ms, status, outcome, reason, reply, became, became_reason)
  select $1, 'dl_' || md5(app_id || account_id || d.n), app_id, account_id, d.conversation, d.position, d.message, d.kind,
    d.name, d.role, d.attempt, clock_timestamp() - d.n * interval '1 second', 12, d.status, d.outcome, d.reason, d.reply, d.became, d.why
  from app_attachment, (values
    (1, 'cv_1', 7, 'ms_1', 'ask', 'text', 'responder', 1, 200, 'reply', null, 'text', 'dropped', 'not_chosen'),
    (2, 'cv_1', 8, null, 'push', 'kf_create_session', 'standby', 1, null, 'failed', 'timeout', null, null, null),
    (3, null, null, null, 'verification', 'verification', null, 1, 200, 'silent', null, null, null, null))
    as d(n, conversation, position, message, kind, name, role, attempt, status, outcome, reason, reply, became, why)
  where org_id = $1`

/** What `giveSecrets` gave, as it is stored. */
export async function secretRows(database: Database, org: string): Promise<unknown[]> {
  const text = `select account_id as id, encode(secrets, 'hex') as secret, '' as hash from account
    union all select app_id, encode(secrets, 'hex'), '' from app_attachment
    union all select agent_id, encode(totp, 'hex'), password_hash from credential order by 1`
  return (await database.withOrganization(org, (tx) => tx.query<object>({ text }))).rows
}

async function recall({ log }: LogServer, desk: Desk, events: readonly { type: string; facts: object }[]) {
  const message = events.find(({ type }) => type === 'message.received' || type === 'message.submitted')
  if (message === undefined || !('messageId' in message.facts) || !('conversationId' in message.facts)) return
  const { messageId, conversationId } = message.facts
  const actor = { kind: 'system' } as const
  const ids = { conversationId: String(conversationId), messageId: String(messageId) }
  await must(log, desk.org, { type: 'message.recall', actor, ...ids })
}

async function receivePicture({ log, database }: LogServer, desk: Desk, shelf: FileShelf, random: Random) {
  const mediaId = `md-${randomBytes(5).toString('hex')}`
  const message = { ...says(desk, `o${random.below(5)}`), kind: 'image', content: { type: 'image' as const, mediaId } }
  const media = [{ mediaId, kind: 'image', wechatMediaId: `wx-${mediaId}` }]
  await must(log, desk.org, { ...message, mediaIds: [mediaId] }, { attachment: { media } })
  const fate = random.pick(['stored', 'stored', 'lost', 'pending', 'expired'] as const)
  if (fate === 'stored' || fate === 'lost') {
    const bytes = Buffer.from(`picture ${random.below(4)}`)
    const sha256 = fate === 'stored' ? await shelf.put(desk.org, bytes) : digestOf(Buffer.from(mediaId))
    await setMedia(database, desk.org, mediaId, sha256, bytes.length)
  }
  if (fate === 'expired') {
    await database.withOrganization(desk.org, (tx) =>
      tx.query({ text: `update media set state = 'expired' where media_id = $1`, values: [mediaId] }),
    )
  }
}

async function setMedia(database: Database, org: string, mediaId: string, sha256: string, size: number) {
  await database.withOrganization(org, (tx) =>
    tx.query({
      text: `update media set state = 'stored', sha256 = decode($2, 'hex'), size = $3, content_type = 'image/png',
        fetched_at = clock_timestamp() where media_id = $1`,
      values: [mediaId, sha256, size],
    }),
  )
}

/** Every row of the organization that must come out of an import as it went in, table by table. */
export async function rowsThatStay(database: Database, org: string): Promise<Record<string, unknown[]>> {
  const selects = {
    event: 'position, type, v, at, conversation_id, actor::text, facts::text, personal::text, salt, digest, hash',
    conversation: '*',
    customer: '*',
    account: 'account_id, app_id, config::text',
    team: '*',
    agent: '*',
    app: 'app_id, config::text',
    decision: '*',
    timer: `key, date_trunc('milliseconds', due) as due, position, command::text`,
    media: "media_id, account_id, conversation_id, kind, encode(sha256, 'hex') as sha256, content_type, size",
    seen_command: 'key, position, result::text',
    app_attachment: 'app_id, account_id, wechat_app_id',
    app_feed: 'app_id, account_id, position, address, secrets_digest',
    app_delivery: '*',
    agent_number: "agent_id, number, invited_wx, date_trunc('milliseconds', invited_at) as invited_at, picture",
    outbox: 'message_id, conversation_id, account_id, position, payload::text, expires_at',
  }
  const found: Record<string, unknown[]> = {}
  for (const [table, columns] of Object.entries(selects)) {
    const text = `select ${columns} from ${table} where org_id = $1`
    const { rows } = await database.withOrganization(org, (tx) => tx.query<object>({ text, values: [org] }))
    found[table] = rows.map((row) => JSON.stringify(row)).sort()
  }
  return found
}
