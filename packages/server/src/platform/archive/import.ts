import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { longSession } from '../../database/backup-session.ts'
import type { Transaction } from '../../database/client.ts'
import type { Connection } from '../../database/connection.ts'
import { DatabaseRefusal } from '../../database/refusal.ts'
import { sqlStateOf } from '../../database/trouble.ts'
import type { Projection } from '../../events/batch.ts'
import { insertOrganization } from '../configuration-store.ts'
import { AgentNumberLine, DeliveryLine, loadAgentNumbers, loadDeliveries } from './app-rows.ts'
import type { ArchiveSummary } from './export.ts'
import { damaged, digestOf, type Manifest, secretsPath, sectionOf } from './format.ts'
import { createEventLoader, type EventLoader } from './load-events.ts'
import { loadCommands, loadDecisions, loadFeeds, loadMedia, loadTimers, settleOutbox } from './load-rows.ts'
import type { CommandLine, DecisionLine, EventLine, FeedLine, MediaLine, TimerLine } from './rows.ts'
import { loadSecret, missingSecrets, SecretLine } from './secrets.ts'
import type { ArchiveFile, ArchiveSource } from './source.ts'
import { verifyArchive } from './verify.ts'

export type ImportPorts = {
  readonly connection: Connection
  readonly files: { put(organizationId: string, bytes: Uint8Array): Promise<unknown> }
  readonly sealSecret: (organizationId: string, secret: string) => Uint8Array
  readonly drawEpoch: () => string
  /** What the live log writes beside its events. */
  readonly projections: readonly Projection[]
}

export type ImportSummary = ArchiveSummary & {
  /** What the archive does not carry and somebody has to give again. */
  readonly leftToConfigure: readonly string[]
}

/**
 * Takes an archive into an installation that holds nothing yet: first all of it is read and compared with its checksums,
 * then everything enters in one transaction. The organization gets a new epoch, so that whoever reads its log learns that
 * it is another one (F25).
 */
export async function readArchive(ports: ImportPorts, source: ArchiveSource): Promise<ImportSummary> {
  const { manifest, hash } = await verifyArchive(source)
  const { id: org } = manifest.organization
  await using session = await longSession(ports.connection)
  const { tx } = session
  await tx.query({ text: 'begin' })
  try {
    await beginOrganization(tx, manifest, ports.drawEpoch())
    await loadAll(tx, ports, manifest, source)
    const leftToConfigure = await missingSecrets(tx)
    // Last, when nothing else can be wrong: bytes under their own digest, which a second try would only write again.
    for await (const file of checked(source, manifest)) {
      if (file.path.startsWith('files/')) await ports.files.put(org, file.bytes)
    }
    await tx.query({ text: 'commit' })
    return { organization: org, hash, ...manifest.counts, leftToConfigure }
  } catch (error) {
    await tx.query({ text: 'rollback' }).catch(() => {}) // The first error says more.
    // Classes 22 and 23: values that PostgreSQL cannot hold, or that cannot stand together.
    throw /^2[23]/.test(sqlStateOf(error) ?? '') ? damaged('its rows cannot stand together', error) : error
  }
}

async function beginOrganization(tx: Transaction, { organization }: Manifest, epoch: string): Promise<void> {
  await tx.query({ text: 'set local role duoke_worker' })
  // Nobody else begins an organization meanwhile.
  await tx.query({ text: 'lock table organization in share row exclusive mode' })
  const { rows } = await tx.query<{ org_id: string }>({ text: 'select org_id from organization limit 1' })
  if (rows[0] !== undefined) {
    throw new DatabaseRefusal(
      'not_empty',
      `The installation holds the organization ${rows[0].org_id} already.`,
      'Import into a new folder or a new, empty database.',
    )
  }
  await insertOrganization(tx, { ...organization, epoch })
  await tx.query({ text: 'set local role duoke_app' })
  await tx.query({ text: `select set_config('duoke.org', $1, true)`, values: [organization.id] })
}

/** The files once more, each compared with its checksum: between two readings somebody may have changed them. */
async function* checked(source: ArchiveSource, manifest: Manifest) {
  const expected = new Map(manifest.files.map(({ path, sha256 }) => [path, sha256]))
  for await (const file of source.files()) {
    const sha256 = expected.get(file.path)
    if (sha256 === undefined) continue
    if (digestOf(file.bytes) !== sha256) throw damaged(`${file.path} is not as it was written`)
    yield file
  }
}

async function loadAll(tx: Transaction, ports: ImportPorts, manifest: Manifest, source: ArchiveSource): Promise<void> {
  const { id: org } = manifest.organization
  const loader = createEventLoader(tx, org, ports.projections)
  const loading = { ports, org, loader }
  // Rows that these change follow from the events, wherever in the archive either lies.
  const late: ArchiveFile[] = []
  for await (const file of checked(source, manifest)) {
    if (file.path === secretsPath || sectionOf(file.path) === 'feeds') late.push(file)
    else await loadFile(tx, loading, file)
  }
  const { position, chain } = loader.head
  const isWhole =
    position === manifest.head && (position === 0 || Buffer.from(chain).toString('hex') === manifest.chain)
  if (!isWhole) throw damaged('its log ends elsewhere than its manifest says')
  await tx.query({
    text: 'update organization set head = $2, chain = $3 where org_id = $1',
    values: [org, position, manifest.chain === null ? null : Buffer.from(manifest.chain, 'hex')],
  })
  for (const file of late) await loadFile(tx, loading, file)
  await settleOutbox(tx, org)
}

type Loading = { readonly ports: ImportPorts; readonly org: string; readonly loader: EventLoader }

/** Files for readers follow from the log and are not taken in. */
async function loadFile(tx: Transaction, { ports, org, loader }: Loading, { path, bytes }: ArchiveFile): Promise<void> {
  if (path === secretsPath) {
    for (const line of checkedLines(SecretLine, path, bytes)) {
      await loadSecret(tx, org, line, (secret) => ports.sealSecret(org, secret))
    }
    return
  }
  switch (sectionOf(path)) {
    case 'events':
      return loader.load(linesOf<EventLine>(path, bytes))
    case 'decisions':
      return void (await loadDecisions(tx, org, linesOf<DecisionLine>(path, bytes)))
    case 'timers':
      return void (await loadTimers(tx, org, linesOf<TimerLine>(path, bytes)))
    case 'commands':
      return void (await loadCommands(tx, org, linesOf<CommandLine>(path, bytes)))
    case 'feeds':
      return void (await loadFeeds(tx, org, linesOf<FeedLine>(path, bytes)))
    case 'deliveries':
      return loadDeliveries(tx, org, checkedLines(DeliveryLine, path, bytes))
    case 'agent-numbers':
      return loadAgentNumbers(tx, org, checkedLines(AgentNumberLine, path, bytes))
    case 'media':
      return void (await loadMedia(tx, org, linesOf<MediaLine>(path, bytes)))
    default:
  }
}

/** For lines that no column's type and no chain would give away. */
function checkedLines<T extends TSchema>(schema: T, path: string, bytes: Buffer): Static<T>[] {
  return linesOf<unknown>(path, bytes).map((line) => {
    if (!Value.Check(schema, line)) throw damaged(`a line of ${path} is not what it should be`)
    return line
  })
}

/** Whether a line is what its section holds, the chain and the columns' types say. */
function linesOf<Line>(path: string, bytes: Buffer): Line[] {
  const lines = bytes.toString('utf8').split('\n')
  if (lines.pop() !== '') throw damaged(`${path} does not end with its last line`)
  try {
    return lines.map((line) => Object(JSON.parse(line)) as Line) // as said above
  } catch (error) {
    throw damaged(`a line of ${path} is no JSON`, error)
  }
}
