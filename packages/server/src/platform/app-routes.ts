import { type App, chosenIdPattern } from '@duoke/contract'
import { actorOf, type Caller } from '../http/caller.ts'
import type { Handlers } from '../http/handler.ts'
import { defaultLimit, pageOf, readKeyset } from '../http/keyset.ts'
import { Refused } from '../http/refused.ts'
import type { Reads } from '../http/snapshot.ts'
import { submitFor } from '../http/submit.ts'
import { appChecksAlone } from './app-checks.ts'
import { appSettings, sealedAppSecrets } from './app-configuration.ts'
import { readApps, readConsents } from './apps.ts'
import { type ConfigurationPorts, refuseRace, refuseTaken } from './configuration.ts'
import { literalApp, refuse } from './configuration-document.ts'
import { readConfiguration } from './configuration-store.ts'

type AppPorts = ConfigurationPorts & { readonly reads: Reads }
type AppOperations = 'listApps' | 'getApp' | 'putApp' | 'deleteApp' | 'listAppConsents' | 'resumeApp'

export function appHandlers(ports: AppPorts): Pick<Handlers, AppOperations> {
  const { reads, log } = ports
  const appOf = async ({ org }: Caller, appId: string): Promise<App> => {
    const [app] = await reads.read(org, (tx) => readApps(tx, org, { appId }))
    if (app === undefined) throw new Refused('not_found')
    return app
  }
  return {
    async listApps({ caller: { org }, query }) {
      const limit = query.limit ?? defaultLimit
      const after = readKeyset(query.after)?.id ?? ''
      const apps = await reads.read(org, (tx) => readApps(tx, org, { after, limit: limit + 1 }))
      return {
        body: pageOf(
          apps,
          limit,
          (app) => app,
          ({ id }) => ({ at: 0, id }),
        ),
      }
    },
    getApp: async ({ caller, params }) => ({ body: await appOf(caller, params.appId) }),
    putApp: async (request) => {
      await putApp(ports, request)
      return { body: await appOf(request.caller, request.params.appId) }
    },
    async deleteApp({ caller, params: { appId }, retryKey }) {
      await submitFor(log, caller, { type: 'app.remove', actor: actorOf(caller), appId }, { key: retryKey })
      return {}
    },
    async listAppConsents({ caller: { org }, params: { appId }, query }) {
      const limit = query.limit ?? defaultLimit
      const before = readKeyset(query.after)?.at ?? null
      const consents = await reads.read(org, (tx) => readConsents(tx, org, { appId, before, limit: limit + 1 }))
      if (consents.length === 0 && before === null) throw new Refused('not_found')
      return {
        body: pageOf(
          consents,
          limit,
          (consent) => consent,
          ({ position }) => ({ at: position, id: appId }),
        ),
      }
    },
    async resumeApp({ caller, params: { appId, accountId }, retryKey }) {
      const finding = { kind: 'recovered' } as const
      const command = { type: 'app.report', actor: actorOf(caller), appId, accountId, finding } as const
      await submitFor(log, caller, command, { key: retryKey })
      return { body: await appOf(caller, appId) }
    },
  }
}

async function putApp(
  ports: AppPorts,
  { caller, params: { appId }, body, retryKey }: Parameters<Handlers['putApp']>[0],
): Promise<void> {
  const { org } = caller
  if (!new RegExp(chosenIdPattern).test(appId)) refuse([{ path: '/id', message: 'has letters, digits, - and _ only' }])
  const app = await literalApp(appId, body)
  const stored = await ports.reads.read(org, (tx) => readConfiguration(tx, org))
  const errors = appChecksAlone(app, stored)
  if (errors.length > 0) refuse(errors)
  await refuseTaken(ports, org, { apps: [app] })
  const command = {
    type: 'app.configure',
    actor: actorOf(caller),
    app: appSettings(ports, org, app, stored),
  } as const
  const attachment = { appSecrets: sealedAppSecrets(ports, org, [app], stored) }
  await submitFor(ports.log, caller, command, { key: retryKey, attachment }).catch((thrown: unknown) =>
    refuseRace(ports, org, { apps: [app] }, thrown),
  )
}
