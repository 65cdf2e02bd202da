import { randomBytes as systemRandomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DrawnIdKind, idPrefixes } from '@duoke/contract'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { createSecretsSealer } from './channel/account-secrets.ts'
import { writeAppFeeds } from './channel/app-pushes/feed-projection.ts'
import { createEgress, type Egress } from './channel/egress.ts'
import type { Config } from './config.ts'
import { projections } from './conversation/projections.ts'
import { createReplica } from './conversation/replica.ts'
import { type Database, openDatabase } from './database/client.ts'
import { type Connection, connectionFromUrl } from './database/connection.ts'
import { durabilityRefusal } from './database/durability.ts'
import { type EmbeddedPostgres, joinEmbeddedPostgres, startEmbeddedPostgres } from './database/embedded.ts'
import { migrate } from './database/migrate.ts'
import { DatabaseRefusal } from './database/refusal.ts'
import type { Projection } from './events/batch.ts'
import { type Failpoint, failpointFrom } from './events/failpoint.ts'
import { createLog, type Log } from './events/log.ts'
import { createLogger } from './http/logging.ts'
import { createMetrics } from './http/probes.ts'
import { createFingerprintStore } from './identity/fingerprint-store.ts'
import { createPasswords, type Passwords } from './identity/passwords.ts'
import { openSecretBox, type SecretBox } from './identity/secret-box.ts'
import { createTokens, type Tokens } from './identity/tokens.ts'
import type { ConfigurationPorts } from './platform/configuration.ts'
import type { Bus } from './realtime/bus.ts'
import type { PresencePorts } from './realtime/presence.ts'
import type { socketTimes } from './realtime/socket.ts'
import { chineseHolidays } from './routing/holidays.ts'

/** The world outside, for tests and simulations: what is left out is the real one. */
export type Overrides = {
  readonly nowMs?: () => number
  /** The time of a batch of the log, from the database's clock. */
  readonly batchTimeMs?: (databaseMs: number) => number
  readonly randomBytes?: (count: number) => Uint8Array
  readonly bus?: Bus
  readonly egress?: Egress
  readonly failpoint?: Failpoint
  readonly logger?: Logger
  /** A database that is there already; otherwise the settings say which. */
  readonly connection?: Connection
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Nothing of the channel happens by itself. */
  readonly isDriven?: boolean
  readonly socketTimes?: typeof socketTimes
  readonly presence?: Pick<PresencePorts, 'beatMs' | 'deadAfterMs'>
}

/** What a server and an operator's command stand on alike: the database, the key, the log, and who may do what. */
export type Ground = {
  readonly config: Config
  readonly version: string
  readonly logger: Logger
  readonly registry: Registry
  readonly onError: (error: unknown) => void
  readonly nowMs: () => number
  readonly randomBytes: (count: number) => Uint8Array
  readonly drawId: (kind: DrawnIdKind) => string
  readonly failpoint: Failpoint
  readonly connection: Connection
  readonly database: Database
  readonly box: SecretBox
  readonly egress: Egress
  readonly log: Log
  readonly passwords: Passwords
  readonly tokens: Tokens
  readonly configuration: ConfigurationPorts
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Every row that is written beside the events, by whichever feature. */
export const liveProjections: readonly Projection[] = [...projections, writeAppFeeds]

/** @param role a command joins the database of a running server; a server owns it */
export async function openGround(
  config: Config,
  overrides: Overrides,
  stack: AsyncDisposableStack,
  role: 'server' | 'command',
): Promise<Ground> {
  const nowMs = overrides.nowMs ?? Date.now
  const randomBytes = overrides.randomBytes ?? systemRandomBytes
  const env = overrides.env ?? process.env
  const failpoint = overrides.failpoint ?? failpointFrom(env)
  const logger = overrides.logger ?? createLogger(config.logLevel)
  const onError = (error: unknown) => logger.error({ err: error }, 'something failed and will be tried again')
  const drawBytes = drawAhead(randomBytes)
  const drawId = createIds(drawBytes)

  const connection = overrides.connection ?? (await openConnection(config, stack, role, logger))
  await migrate(connection)
  const database = stack.use(openDatabase({ connection, applicationName: 'duoke', onError }))
  const box = await openSecretBox(config.keyFile, createFingerprintStore(database), randomBytes)

  const egress = overrides.egress ?? createEgress({ allow: [], allowPushes: config.egressAllow })
  if (overrides.egress === undefined) stack.defer(() => egress.close())
  const log = stack.use(
    createLog({
      ...{ database, randomBytes: drawBytes, drawId, failpoint, onError, holidays: chineseHolidays },
      projections: liveProjections,
      replica: createReplica(),
      batchTimeMs: overrides.batchTimeMs ?? ((databaseMs) => databaseMs),
      onParked: (organizationId, command, err) =>
        logger.error({ organizationId, command: command.type, err }, 'a command was parked'),
    }),
  )
  const passwords = createPasswords(randomBytes)
  const tokens = createTokens({ database, nowMs, randomBytes, drawId, onError })
  const configuration: ConfigurationPorts = {
    ...{ database, log, passwords, tokens, nowMs },
    drawEpoch: () => Buffer.from(randomBytes(9)).toString('base64url'),
    digestKey: box.deriveKey('secrets-digest'),
    ...createSecretsSealer(box, nowMs),
  }
  const version = versionOfPackage()
  const registry = createMetrics()
  return {
    ...{ config, version, logger, registry, onError, nowMs, randomBytes, drawId, failpoint, connection, database, box },
    ...{ egress, log, passwords, tokens, configuration, env },
  }
}

/** The database that the settings name: a URL, the embedded one of a running server, or one that is started for us. */
export async function openConnection(
  config: Config,
  stack: AsyncDisposableStack,
  role: 'server' | 'command',
  logger: Logger,
): Promise<Connection> {
  if (config.databaseUrl !== null) {
    const connection = connectionFromUrl(config.databaseUrl)
    const refusal = config.unsafeDatabase ? undefined : await durabilityRefusal(connection)
    if (refusal !== undefined) throw refusal
    return connection
  }
  const start = () =>
    startEmbeddedPostgres({ dataDir: config.data, log: (line) => logger.debug({ postgres: line }, 'database') })
  const embedded = role === 'server' ? await start() : await joinOrStart(config.data, start)
  return stack.use(embedded).connection
}

const startingWithinMs = 10_000

/** Who holds the folder may be just starting or stopping; a command waits for either. */
async function joinOrStart(data: string, start: () => Promise<EmbeddedPostgres>): Promise<EmbeddedPostgres> {
  const deadline = performance.now() + startingWithinMs
  for (;;) {
    const running = joinEmbeddedPostgres(data)
    if (running !== undefined) return running
    try {
      return await start()
    } catch (error) {
      const isInUse = error instanceof DatabaseRefusal && error.code === 'data_in_use'
      if (!isInUse || performance.now() > deadline) throw error
      await sleep(100)
    }
  }
}

/** Random bytes a few at a time: asking the system for each few costs more than all the hashing they are for. */
function drawAhead(randomBytes: (count: number) => Uint8Array): (count: number) => Buffer {
  const drawnAtOnce = 4096
  let pool = Buffer.alloc(0)
  let at = 0
  return (count) => {
    if (at + count > pool.length) {
      pool = Buffer.from(randomBytes(Math.max(count, drawnAtOnce)))
      at = 0
    }
    at += count
    return pool.subarray(at - count, at)
  }
}

/** Ids nobody can guess or count (T4): 120 random bits behind a prefix for people who read logs. */
function createIds(drawBytes: (count: number) => Buffer): (kind: DrawnIdKind) => string {
  return (kind) => `${idPrefixes[kind]}_${drawBytes(15).toString('base64url')}`
}

function versionOfPackage(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return hasVersion ? String(manifest.version) : '0.0.0'
}
