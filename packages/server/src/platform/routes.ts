import type { Database } from '../database/client.ts'
import { actorOf, agentOf, laneOf } from '../http/caller.ts'
import type { Handlers } from '../http/handler.ts'
import { defaultLimit, pageOf, readKeyset } from '../http/keyset.ts'
import { Refused } from '../http/refused.ts'
import type { Reads } from '../http/snapshot.ts'
import { readMe } from '../identity/me.ts'
import { readOrganization } from '../identity/organization-store.ts'
import type { SecretBox } from '../identity/secret-box.ts'
import type { Tokens } from '../identity/tokens.ts'
import { readAccounts } from './accounts.ts'
import { appHandlers } from './app-routes.ts'
import { type BackupPorts, backupAnswer } from './backup-answer.ts'
import { applyConfiguration, type ConfigurationPorts, exportDocument } from './configuration.ts'
import { literalDocument, refuse } from './configuration-document.ts'
import { readConfiguration } from './configuration-store.ts'
import { checkOf, type UpstreamAnswer } from './examine.ts'
import { type ExamplePorts, removeExample } from './example.ts'
import { fileAnswer } from './media-answer.ts'
import type { MediaOrigin } from './media-origin.ts'
import type { MediaPort } from './media-port.ts'
import { type RestorePorts, restoreAnswer } from './restore-answer.ts'

export type PlatformPorts = ConfigurationPorts &
  ExamplePorts &
  BackupPorts &
  RestorePorts & {
    readonly database: Database
    readonly reads: Reads
    readonly box: SecretBox
    readonly tokens: Tokens
    readonly media: MediaPort
    readonly mediaOrigin: Pick<MediaOrigin, 'linkTo'>
    readonly publicUrl: () => string
    readonly phoneUrl: string | null
    readonly askUpstream: (accountId: string) => Promise<UpstreamAnswer>
  }

type PlatformOperations =
  | 'listAccounts'
  | 'getAccount'
  | 'checkAccount'
  | 'uploadMedia'
  | 'getMedia'
  | 'getConfiguration'
  | 'applyConfiguration'
  | 'removeExample'
  | 'getExample'
  | 'getBackup'
  | 'restoreBackup'
  | keyof ReturnType<typeof appHandlers>

export function platformHandlers(ports: PlatformPorts): Pick<Handlers, PlatformOperations> {
  return {
    ...accountHandlers(ports),
    ...mediaHandlers(ports),
    ...configurationHandlers(ports),
    ...appHandlers(ports),
    ...exampleHandlers(ports),
    getBackup: ({ caller }) => backupAnswer(ports, caller),
    restoreBackup: ({ caller, query, incoming }) => restoreAnswer(ports, caller, { ...query, incoming }),
  }
}

type AccountOperations = 'listAccounts' | 'getAccount' | 'checkAccount'

function accountHandlers(ports: PlatformPorts): Pick<Handlers, AccountOperations> {
  const { reads, publicUrl, askUpstream, nowMs } = ports
  return {
    async listAccounts({ caller, query }) {
      const limit = query.limit ?? defaultLimit
      const after = readKeyset(query.after)?.id ?? ''
      const accounts = await reads.read(caller.org, (tx) =>
        readAccounts(tx, caller.org, { after, limit: limit + 1 }, publicUrl()),
      )
      return {
        body: pageOf(
          accounts,
          limit,
          (account) => account,
          ({ id }) => ({ at: 0, id }),
        ),
      }
    },
    async getAccount({ caller, params }) {
      const [account] = await reads.read(caller.org, (tx) => readAccounts(tx, caller.org, params, publicUrl()))
      if (account === undefined) throw new Refused('not_found')
      return { body: account }
    },
    async checkAccount({ caller, params }) {
      const [account] = await reads.read(caller.org, (tx) => readAccounts(tx, caller.org, params, publicUrl()))
      if (account === undefined) throw new Refused('not_found')
      return { body: checkOf(await askUpstream(account.id), nowMs()) }
    },
  }
}

function mediaHandlers({ media, mediaOrigin }: PlatformPorts): Pick<Handlers, 'uploadMedia' | 'getMedia'> {
  return {
    uploadMedia: async ({ caller, upload }) => ({ body: await media.upload(caller.org, upload) }),
    async getMedia({ caller, params, query: { form = 'original' } }) {
      const elsewhere = mediaOrigin.linkTo(caller.org, params.mediaId, form)
      return elsewhere === null ? fileAnswer(media, caller.org, params.mediaId, form) : { redirect: elsewhere }
    },
  }
}

function configurationHandlers(ports: PlatformPorts): Pick<Handlers, 'getConfiguration' | 'applyConfiguration'> {
  return {
    async getConfiguration({ caller }) {
      const stored = await ports.reads.read(caller.org, (tx) => readConfiguration(tx, caller.org))
      return { body: exportDocument(caller.org, stored) }
    },
    async applyConfiguration({ caller, body, retryKey }) {
      const { dryRun = false, prune = false } = body
      if (body.document.organization.id !== caller.org) {
        refuse([{ path: '/organization/id', message: 'is not the organization that the token belongs to' }])
      }
      const document = await literalDocument(body.document)
      const application = { document, actor: actorOf(caller), dryRun, prune, key: retryKey, lane: laneOf(caller) }
      return { body: await applyConfiguration(ports, application) }
    },
  }
}

function exampleHandlers(ports: PlatformPorts): Pick<Handlers, 'removeExample' | 'getExample'> {
  return {
    async removeExample({ caller }) {
      const { org, tokenId } = caller
      await removeExample(ports, { org, agentId: agentOf(caller), tokenId })
      return { body: await ports.reads.read(org, (tx) => readMe(tx, ports.box, caller)) }
    },
    async getExample({ caller }) {
      const organization = await ports.reads.read(caller.org, (tx) => readOrganization(tx, caller.org))
      return { body: { phoneUrl: organization?.example ? ports.phoneUrl : null } }
    },
  }
}
