import type { RecordEntry } from '@duoke/contract'
import { canonicalJson } from '@duoke/domain'
import { readRecordRows } from '../../conversation/record-rows.ts'
import { entryOf, recordedTypes, withMedia } from '../../conversation/records.ts'
import { longSession } from '../../database/backup-session.ts'
import type { Transaction } from '../../database/client.ts'
import type { Connection } from '../../database/connection.ts'
import { Refused } from '../../http/refused.ts'
import { exportDocument } from '../configuration.ts'
import { readConfiguration, type StoredConfiguration } from '../configuration-store.ts'
import { agentNumberLines, deliveryLines } from './app-rows.ts'
import {
  archiveFormat,
  archiveLimits,
  archiveVersion,
  configurationPath,
  digestOf,
  type Manifest,
  manifestPath,
  partPath,
  type Section,
  secretsPath,
} from './format.ts'
import { commandLines, decisionLines, eventLines, feedLines, mediaRows, rowsOf, timerLines } from './rows.ts'
import { secretLines } from './secrets.ts'
import type { ArchiveSink } from './sink.ts'
import { type ArchivedMedia, vconOf } from './vcon.ts'

export type ExportPorts = {
  readonly connection: Connection
  readonly files: { read(organizationId: string, sha256: Uint8Array): Promise<Uint8Array | null> }
  /** Opens what is sealed, for an export with secrets. */
  readonly openSecret: (organizationId: string, sealed: Uint8Array) => string
}

export type ArchiveSummary = Manifest['counts'] & {
  readonly organization: string
  /** SHA-256 of the manifest: equal archives have equal ones. */
  readonly hash: string
}

/**
 * Writes everything of one organization as it is at one moment, beside a server that goes on. It is read as the
 * organization's own role, under row-level security: not even a mistake of ours could write a line of another (T5).
 */
export async function writeArchive(
  ports: ExportPorts,
  org: string,
  sink: ArchiveSink,
  { secrets = false }: { readonly secrets?: boolean } = {},
): Promise<ArchiveSummary> {
  await using session = await longSession(ports.connection)
  const { tx } = session
  await tx.query({ text: 'begin isolation level repeatable read read only' })
  await tx.query({ text: 'set local role duoke_app' })
  await tx.query({ text: `select set_config('duoke.org', $1, true)`, values: [org] })
  const writing = createWriting(sink)
  const configuration = await readConfiguration(tx, org)
  const organization = await readOrganization(tx, org)
  const document = JSON.parse(canonicalJson(exportDocument(org, configuration)))
  await writing.file(configurationPath, `${JSON.stringify(document, null, 2)}\n`)
  const counts = {
    events: await writing.section('events', eventLines(tx)),
    records: 0,
    conversations: 0,
    media: 0,
    files: 0,
  }
  await writing.section('decisions', decisionLines(tx))
  await writing.section('timers', timerLines(tx))
  await writing.section('commands', commandLines(tx))
  await writing.section('feeds', feedLines(tx))
  await writing.section('deliveries', deliveryLines(tx))
  await writing.section('agent-numbers', agentNumberLines(tx))
  const media = await writeMedia(ports, tx, org, writing, counts)
  counts.records = await writing.section('records', recordLines(tx, org, media))
  counts.conversations = await writeConversations(tx, { org, ...organization, configuration, media }, writing)
  if (secrets)
    await writing.lines(
      secretsPath,
      secretLines(tx, (sealed) => ports.openSecret(org, sealed)),
    )
  const { name, timeZone, head, chain } = organization
  const core = { format: archiveFormat, version: archiveVersion, organization: { id: org, name, timeZone } } as const
  const manifest: Manifest = { ...core, head, chain, secrets, counts, files: writing.files }
  const bytes = Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`)
  await sink.add(manifestPath, bytes)
  await sink.end()
  await tx.query({ text: 'commit' })
  return { organization: org, hash: digestOf(bytes), ...counts }
}

type OrganizationRow = { name: string; time_zone: string; head: number; chain: Buffer | null }

async function readOrganization(tx: Transaction, org: string) {
  const text = 'select name, time_zone, head, chain from organization where org_id = $1'
  const { rows } = await tx.query<OrganizationRow>({ text, values: [org] })
  const [row] = rows
  if (row === undefined) throw new Refused('not_found', { detail: `There is no organization ${org}.` })
  return { name: row.name, timeZone: row.time_zone, head: row.head, chain: row.chain?.toString('hex') ?? null }
}

type Writing = {
  readonly files: Manifest['files']
  file(path: string, content: string | Uint8Array): Promise<void>
  lines(path: string, lines: AsyncIterable<string>): Promise<void>
  /** Cuts lines into parts; answers how many there were. */
  section(section: Section, lines: AsyncIterable<string>): Promise<number>
}

function createWriting(sink: ArchiveSink): Writing {
  const files: Manifest['files'] = []
  const file = async (path: string, content: string | Uint8Array) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    if (bytes.byteLength > archiveLimits.fileBytes) throw new Error(`${path} is too large for an archive`)
    files.push({ path, bytes: bytes.byteLength, sha256: digestOf(bytes) })
    await sink.add(path, bytes)
  }
  return {
    files,
    file,
    async lines(path, lines) {
      const all: string[] = []
      for await (const line of lines) all.push(`${line}\n`)
      await file(path, all.join(''))
    },
    async section(section, lines) {
      let part: string[] = []
      let [size, count] = [0, 0]
      let number = 0
      const close = async () => {
        if (part.length === 0) return
        number += 1
        await file(partPath(section, number), part.join(''))
        ;[part, size] = [[], 0]
      }
      for await (const line of lines) {
        part.push(`${line}\n`)
        size += line.length
        count += 1
        if (part.length >= archiveLimits.partLines || size >= archiveLimits.partBytes) await close()
      }
      await close()
      return count
    },
  }
}

/** Files once each, however many messages show them; answers which there are, by the id of the media. */
async function writeMedia(
  ports: ExportPorts,
  tx: Transaction,
  org: string,
  writing: Writing,
  counts: { media: number; files: number },
): Promise<ReadonlyMap<string, ArchivedMedia | null>> {
  const known = new Map<string, ArchivedMedia | null>()
  const written = new Map<string, boolean>()
  async function* lines(): AsyncGenerator<string> {
    for await (const row of mediaRows(tx)) {
      const { id, sha256, contentType } = row
      const isThere = row.state === 'stored' && sha256 !== null && (await writeFile(sha256))
      known.set(id, isThere && sha256 !== null ? { sha256, contentType: contentType ?? '' } : null)
      // A row without its file: somebody emptied the folder. It is told as it is.
      yield JSON.stringify(row.state === 'stored' && !isThere ? { ...row, state: 'expired' } : row)
    }
  }
  async function writeFile(sha256: string): Promise<boolean> {
    const before = written.get(sha256)
    if (before !== undefined) return before
    const bytes = await ports.files.read(org, Buffer.from(sha256, 'hex'))
    const isWhole = bytes !== null && digestOf(bytes) === sha256
    written.set(sha256, isWhole)
    if (isWhole) await writing.file(`files/${sha256}`, bytes)
    return isWhole
  }
  counts.media = await writing.section('media', lines())
  counts.files = [...written.values()].filter(Boolean).length
  return known
}

const recordsAtOnce = 1000

async function* entriesOf(tx: Transaction, org: string, conversationId?: string): AsyncGenerator<RecordEntry> {
  const selection = { before: Number.MAX_SAFE_INTEGER, types: recordedTypes, conversationId, limit: recordsAtOnce }
  for (let after = 0; ; ) {
    const rows = await readRecordRows(tx, org, { ...selection, after })
    yield* await withMedia(tx, org, rows.map(entryOf))
    if (rows.length < recordsAtOnce) return
    after = rows.at(-1)?.event.position ?? after
  }
}

/** The links of the interface would not outlive the hour; in an archive a file is named by what is in it. */
async function* recordLines(
  tx: Transaction,
  org: string,
  media: ReadonlyMap<string, ArchivedMedia | null>,
): AsyncGenerator<string> {
  for await (const entry of entriesOf(tx, org)) {
    if (entry.kind !== 'message') yield JSON.stringify(entry)
    else yield JSON.stringify({ ...entry, media: entry.media.map((one) => archived(one, media.get(one.id))) })
  }
}

function archived(
  { id, contentType, sizeBytes, state }: Extract<RecordEntry, { kind: 'message' }>['media'][number],
  there: ArchivedMedia | null | undefined,
) {
  const isThere = there !== null && there !== undefined
  const told = state === 'stored' && !isThere ? 'expired' : state
  return { id, contentType, sizeBytes, state: told, file: isThere ? `files/${there.sha256}` : null }
}

type Conversations = {
  readonly org: string
  readonly name: string
  readonly configuration: StoredConfiguration
  readonly media: ReadonlyMap<string, ArchivedMedia | null>
}

async function writeConversations(tx: Transaction, from: Conversations, writing: Writing): Promise<number> {
  const { org, name, configuration, media } = from
  const select = `select conversation_id as id from conversation where org_id = current_setting('duoke.org')
    order by conversation_id collate "C"`
  let count = 0
  for await (const { id } of rowsOf<{ id: string }>(tx, 'archive_conversations', select)) {
    const entries = await Array.fromAsync(entriesOf(tx, org, id))
    if (entries.length === 0) continue
    const vcon = vconOf({
      organization: { id: org, name },
      conversationId: id,
      entries: entries.map(withoutLinks),
      nicknameOf: (agentId) => configuration.agents.get(agentId)?.nickname,
      appNameOf: (appId) => configuration.apps.get(appId)?.name,
      mediaOf: (mediaId) => media.get(mediaId) ?? undefined,
    })
    await writing.file(`conversations/${id}.vcon.json`, `${JSON.stringify(vcon)}\n`)
    count += 1
  }
  return count
}

function withoutLinks(entry: RecordEntry): RecordEntry {
  return entry.kind === 'message' ? { ...entry, media: entry.media.map((one) => ({ ...one, url: null })) } : entry
}
