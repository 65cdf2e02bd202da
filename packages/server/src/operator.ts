import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { createAccountDirectory } from './channel/account-directory.ts'
import { createAccountStore } from './channel/account-store.ts'
import { createAskUpstream } from './channel/ask-upstream.ts'
import { openMediaStore } from './channel/media-store.ts'
import { createTokenStore } from './channel/token-store.ts'
import { createTokenCustodian } from './channel/tokens.ts'
import { type Config, readConfig, type SettingName } from './config.ts'
import { writeBackup } from './database/backup.ts'
import { type Database, openDatabase } from './database/client.ts'
import { durabilityRefusal } from './database/durability.ts'
import { holdsCluster } from './database/embedded.ts'
import { DatabaseRefusal } from './database/refusal.ts'
import { readBackup } from './database/restore.ts'
import { type Ground, liveProjections, type Overrides, openConnection, openGround } from './ground.ts'
import { createLogger } from './http/logging.ts'
import { createFingerprintStore } from './identity/fingerprint-store.ts'
import { createSecretBox, openKeyFile } from './identity/secret-box.ts'
import { type ArchiveSummary, writeArchive } from './platform/archive/export.ts'
import { type ImportSummary, readArchive } from './platform/archive/import.ts'
import type { ArchiveSink } from './platform/archive/sink.ts'
import { openArchive } from './platform/archive/source.ts'
import { examine, type Finding } from './platform/examine.ts'
import { createOperatorActions, type OperatorActions } from './platform/operator.ts'
import { listOrganizations } from './platform/organizations.ts'

/** What `duoke` does on the database itself, beside a running server or without one. */
export type Operator = OperatorActions &
  AsyncDisposable & {
    examine(): Promise<Finding[]>
    backup(output: Writable): Promise<{ rows: number; organizations: number }>
    /** Into a database that holds nothing yet. */
    restore(input: Readable): Promise<{ rows: number; organizations: number; key: KeyState }>
    /** Everything of one organization in open formats; secrets only when asked for. */
    exportArchive(org: string, sink: ArchiveSink, how: { readonly secrets: boolean }): Promise<ArchiveSummary>
    /** Into an installation that holds nothing yet. */
    importArchive(place: string): Promise<ImportSummary>
  }

/** Whether the key file opens the secrets of what was restored; a backup does not carry it. */
export type KeyState = { readonly file: string; readonly state: 'fits' | 'missing' | 'other' }

export type OperatorOptions = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly data?: string | undefined
  readonly databaseUrl?: string | undefined
  /** False for a command that needs an installation: a mistyped folder is refused, and not filled with an empty one. */
  readonly mayBegin?: boolean
}

/** The settings are not usable; each problem is a sentence that names its variable. */
export class UnusableSettings extends Error {
  override readonly name = 'UnusableSettings'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join(' '))
    this.problems = problems
  }
}

export async function openOperator(options: OperatorOptions, overrides: Overrides = {}): Promise<Operator> {
  const config = configOf(options)
  const { mayBegin = true } = options
  const isThere = config.databaseUrl !== null || overrides.connection !== undefined || holdsCluster(config.data)
  if (!mayBegin && !isThere) throw nothingIn(config.data)
  const stack = new AsyncDisposableStack()
  // Only what goes wrong is worth a line beside a command's own words.
  const logger = overrides.logger ?? createLogger('fatal')
  try {
    const connection = overrides.connection ?? (await openConnection(config, stack, 'command', logger))
    return operatorOn(config, { ...overrides, logger, connection, env: options.env }, stack)
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

function configOf({ env, data, databaseUrl }: OperatorOptions): Config {
  const flags: Partial<Record<SettingName, string>> = {
    ...(data !== undefined && { data }),
    ...(databaseUrl !== undefined && { databaseUrl }),
  }
  // A command does not listen and carries nothing between servers: NATS and its needs are not its own.
  const { DUOKE_NATS_URL: _, ...rest } = env
  const reading = readConfig(rest, flags)
  if (!reading.ok) throw new UnusableSettings(reading.problems)
  return reading.config
}

type Opened = Overrides & { readonly connection: NonNullable<Overrides['connection']> }

function operatorOn(config: Config, overrides: Opened, stack: AsyncDisposableStack): Operator {
  let opening: Promise<{ ground: Ground; actions: OperatorActions }> | undefined
  // Opened when first needed: a restore wants the database as it is, before a step of ours has touched it.
  const opened = () => {
    opening ??= openGround(config, overrides, stack, 'command').then((ground) => ({
      ground,
      actions: createOperatorActions({ ...ground.configuration, ...ground }),
    }))
    return opening
  }
  const actions = async () => (await opened()).actions
  return {
    organizations: async () => (await actions()).organizations(),
    apply: async (...given) => (await actions()).apply(...given),
    createToken: async (...given) => (await actions()).createToken(...given),
    createFirstLink: async (...given) => (await actions()).createFirstLink(...given),
    markExample: async (...given) => (await actions()).markExample(...given),
    readExample: async (...given) => (await actions()).readExample(...given),
    examine: async () => examineOn((await opened()).ground),
    async backup(output) {
      const { rows } = await writeBackup(overrides.connection, output, { createdAt: new Date() })
      return { rows, organizations: (await (await actions()).organizations()).length }
    },
    async restore(input) {
      const drawEpoch = () => crypto.randomUUID()
      const { rows } = await readBackup(overrides.connection, input, { drawEpoch })
      await using database = openDatabase({ connection: overrides.connection, applicationName: 'duoke' })
      const organizations = (await database.withWorker(listOrganizations, { readOnly: true })).length
      return { rows, organizations, key: await keyState(config.keyFile, database) }
    },
    async exportArchive(org, sink, how) {
      const { ground } = await opened()
      return writeArchive(archivePorts(ground), org, sink, how)
    },
    async importArchive(place) {
      const source = await openArchive(place)
      const { ground } = await opened()
      return readArchive(archivePorts(ground), source)
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

function archivePorts({ connection, config, egress, box }: Ground) {
  return {
    connection,
    files: openMediaStore(config.media, egress),
    openSecret: (org: string, sealed: Uint8Array) => box.open(org, sealed),
    sealSecret: (org: string, secret: string) => box.seal(org, secret),
    drawEpoch: () => crypto.randomUUID(),
    projections: liveProjections,
  }
}

/** The restored secrets were sealed with the key of where they come from. None is made here: it could never fit. */
async function keyState(file: string, database: Database): Promise<KeyState> {
  if (!existsSync(file)) return { file, state: 'missing' }
  const { fingerprint } = createSecretBox(openKeyFile(file, randomBytes), randomBytes)
  const known = await createFingerprintStore(database).read()
  return { file, state: known === null || known === fingerprint ? 'fits' : 'other' }
}

function nothingIn(data: string): DatabaseRefusal {
  return new DatabaseRefusal(
    'data_unusable',
    `There is no Duoke installation in ${data}.`,
    'Name its folder with --data, its PostgreSQL with --database or a running server with --server.',
  )
}

function examineOn(ground: Ground): Promise<Finding[]> {
  const { database, box, egress, nowMs, connection, config } = ground
  const directory = createAccountDirectory({ store: createAccountStore(database), secretBox: box, nowMs })
  const store = createTokenStore(database, box)
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
  const custodian = createTokenCustodian({ store, egress, nowMs, sleep, onConflict: () => {} })

  const askUpstream = createAskUpstream({ directory, egress, custodian })
  const durability = async () =>
    config.unsafeDatabase ? null : ((await durabilityRefusal(connection))?.message ?? null)
  return examine({ database, nowMs, durability, askUpstream })
}
