import type { FastifyPluginAsync } from 'fastify'
import type { Database } from '../../database/client.ts'
import type { Log } from '../../events/log.ts'
import type { SecretBox } from '../../identity/secret-box.ts'
import type { MediaOrigin } from '../../platform/media-origin.ts'
import type { MediaPort } from '../../platform/media-port.ts'
import type { AccountDirectory } from '../account-directory.ts'
import type { AttachmentDirectory } from '../attachment-directory.ts'
import type { Delivery } from '../deliver.ts'
import type { Egress } from '../egress.ts'
import type { MediaIds } from '../media-ids.ts'
import type { MediaStore } from '../media-store.ts'
import type { MediaTable } from '../media-table.ts'
import type { TokenCustodian } from '../tokens.ts'
import { agentEndpoints } from './agent-endpoints.ts'
import { createAgentNumbers } from './agent-numbers.ts'
import { createAppTokenStore } from './app-token-store.ts'
import { createAppTokens } from './app-tokens.ts'
import { createAppTurns } from './app-turns.ts'
import { createCallCounts } from './call-counts.ts'
import { createCallLimits } from './call-limits.ts'
import { createDispatcher } from './dispatch.ts'
import type { Endpoint } from './endpoint.ts'
import { mediaEndpoints } from './media-endpoints.ts'
import { messageEndpoints } from './message-endpoints.ts'
import { createOutcomes } from './outcomes.ts'
import { recordEndpoints } from './record-endpoints.ts'
import { compatibleRoutes } from './routes.ts'
import { sessionEndpoints } from './session-endpoints.ts'
import { tokenEndpoints } from './token-endpoints.ts'
import { createTraces } from './traces.ts'

export type CompatibleInterfacePorts = {
  readonly database: Database
  readonly log: Pick<Log, 'submit' | 'onAppended'>
  readonly egress: Egress
  readonly box: Pick<SecretBox, 'seal' | 'open'>
  readonly accounts: AccountDirectory
  readonly attachments: AttachmentDirectory
  readonly custodian: TokenCustodian
  readonly delivery: Pick<Delivery, 'withdraw'>
  readonly media: MediaPort
  readonly mediaTable: Pick<MediaTable, 'find'>
  readonly files: Pick<MediaStore, 'read'>
  readonly mediaOrigin: Pick<MediaOrigin, 'recordLink'>
  readonly mediaIds: MediaIds
  readonly nowMs: () => number
  readonly randomBytes: (count: number) => Uint8Array
  readonly ownAddresses: () => readonly string[]
  readonly onError: (error: unknown) => void
}

export type CompatibleInterface = AsyncDisposable & { readonly routes: FastifyPluginAsync }

/** WeChat's interface, spoken by us to apps: the same commands and rows as every other interface, in Tencent's words. */
export function createCompatibleInterface(ports: CompatibleInterfacePorts): CompatibleInterface {
  const { database, log, box, attachments, accounts, nowMs, randomBytes, onError } = ports
  const tokens = createAppTokens({ store: createAppTokenStore(database, box), nowMs, randomBytes })
  const counts = createCallCounts({ database, nowMs, onError })
  const limits = createCallLimits(nowMs)
  const traces = createTraces({ database, box, nowMs, randomBytes, onError })
  const outcomes = createOutcomes(database)
  const numbers = createAgentNumbers(database)
  const endpoints = new Map<string, Endpoint>()
  const inTurn = createAppTurns()
  const isOwnPath = (path: string) => endpoints.has(path)
  const table: readonly Endpoint[] = [
    ...tokenEndpoints({ ...ports, tokens, counts, limits, traces, isOwnPath }),
    ...messageEndpoints({ ...ports, outcomes }),
    ...inTurn([
      ...agentEndpoints({ ...ports, numbers }),
      ...sessionEndpoints({ ...ports, numbers }),
      ...recordEndpoints(ports),
    ]),
    ...mediaEndpoints({ ...ports, table: ports.mediaTable }),
  ]
  for (const endpoint of table) endpoints.set(endpoint.path, endpoint)
  const dispatcher = createDispatcher({
    ...{ endpoints, attachments, accounts, tokens, counts, limits, onError },
    upstream: ports,
  })
  const unfollow = log.onAppended(({ organizationId, sealed }) => {
    for (const { event } of sealed) {
      if (event.type === 'delivery.settled') outcomes.settled(organizationId, event.facts)
      if (event.type === 'app.configured' || event.type === 'app.removed') tokens.forget()
    }
  })
  return {
    routes: compatibleRoutes({ dispatcher, traces, nowMs }),
    async [Symbol.asyncDispose]() {
      unfollow()
      await counts[Symbol.asyncDispose]()
    },
  }
}
