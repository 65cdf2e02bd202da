// The channel's stage with third-party apps attached to its account.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { AppAttachment, LoggedEvent, Scope } from '@duoke/contract'
import type { Command } from '@duoke/domain'
import { createSecretsSealer } from '../../src/channel/account-secrets.ts'
import { type StubApp, type StubSettings, startStubApp } from '../../src/channel/testing/stub-app.ts'
import type { Connection } from '../../src/database/connection.ts'
import { createSecretBox } from '../../src/identity/secret-box.ts'
import { type Stage, type StageOptions, setStage } from './channel-stage.ts'

export type Attaching = Partial<Omit<AppAttachment, 'accountId' | 'push'>> & {
  readonly scopes?: readonly Scope[]
  readonly stub?: Partial<StubSettings>
  /** Duoke is told another one than the app has: it is being changed. */
  readonly token?: string
}

export type AppStage = Stage & {
  /** A stub app with its own server, attached as an observer unless told otherwise. */
  attach(appId: string, options?: Attaching): Promise<StubApp>
  /** Attaches again, changed: another address, role, scopes. */
  change(appId: string, options: Attaching & { readonly url?: string }): Promise<void>
  remove(appId: string): Promise<void>
  submit(command: Command): Promise<void>
  /** The conversation with the follower `wang`. */
  conversationId(): Promise<string>
  deliveries(appId: string): Promise<readonly DeliveryRow[]>
}

export type DeliveryRow = {
  readonly kind: string
  readonly name: string
  readonly role: string | null
  readonly attempt: number
  readonly status: number | null
  readonly outcome: string
  readonly reason: string | null
  readonly reply: string | null
  readonly became: string | null
  readonly became_reason: string | null
  readonly message_id: string | null
}

export const everyScope: readonly Scope[] = ['messages:read', 'messages:send', 'sessions:manage', 'conversations:read']

export async function setAppStage(connection: Connection, options: StageOptions = {}): Promise<AppStage> {
  const stage = await setStage(connection, options)
  const held = new AsyncDisposableStack()
  held.use(stage)
  const { organizationId, accountId, server } = stage
  const sealer = createSecretsSealer(createSecretBox(Buffer.from(stage.ground.key, 'hex'), randomBytes), Date.now)
  const apps = new Map<string, { stub: StubApp; options: Attaching & { readonly url?: string } }>()

  const sealed = new Map<string, Uint8Array>()

  async function submit(command: Command, attachment?: object): Promise<void> {
    const outcome = await server.log.submit(organizationId, command, {
      lane: 'agents',
      ...(attachment !== undefined && { attachment }),
    })
    assert.ok(outcome.accepted, outcome.accepted ? '' : `${outcome.code} ${outcome.detail ?? ''}`)
  }

  async function configure(appId: string): Promise<void> {
    const known = apps.get(appId)
    assert.ok(known)
    const { stub, options: given } = known
    const { wechatAppId, encodingAesKey, mode, format } = stub.settings
    const { scopes = everyScope, stub: _, url = stub.url, token = stub.settings.token, ...rest } = given
    const before = sealed.get(appId) ?? null
    const secrets = sealer.sealSecrets(organizationId, before, { appSecret: 's'.repeat(32), token, encodingAesKey })
    sealed.set(appId, secrets)
    await submit(
      {
        type: 'app.configure',
        actor: { kind: 'operator' },
        app: {
          ...{ appId, name: appId, contact: null, scopes: [...scopes], rateLimit: null, allowedAddresses: [] },
          attachments: [
            { ...plainAttachment, ...rest, accountId, wechatAppId, push: { url, mode, format }, secretsDigest: token },
          ],
        },
      },
      { appSecrets: [{ appId, accountId, secrets }] },
    )
  }

  return {
    ...stage,
    submit: (command) => submit(command),
    async attach(appId, given = {}) {
      const stub = held.use(await startStubApp(given.stub))
      apps.set(appId, { stub, options: given })
      await configure(appId)
      return stub
    },
    async change(appId, given) {
      const known = apps.get(appId)
      assert.ok(known)
      apps.set(appId, { stub: known.stub, options: { ...known.options, ...given } })
      await configure(appId)
    },
    remove: (appId) => submit({ type: 'app.remove', actor: { kind: 'operator' }, appId }),
    async conversationId() {
      const [started] = await stage.of('conversation.started')
      assert.ok(started)
      return started.facts.conversationId
    },
    deliveries: (appId) => readDeliveries(stage, appId),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

const plainAttachment: Omit<AppAttachment, 'accountId' | 'wechatAppId' | 'push' | 'secretsDigest'> = {
  ...{ role: 'observer', priority: 0, when: null, lateReplies: 'drop', echo: false, agentNames: 'omit' },
}

async function readDeliveries({ server, organizationId }: Stage, appId: string): Promise<readonly DeliveryRow[]> {
  const { rows } = await server.database.withOrganization(organizationId, (tx) =>
    tx.query<DeliveryRow>({
      text: `select kind, name, role, attempt, status, outcome, reason, reply, became, became_reason, message_id
        from app_delivery where org_id = $1 and app_id = $2 order by at, delivery_id`,
      values: [organizationId, appId],
    }),
  )
  return rows
}

/** WeChat's id of what a customer wrote. */
export function msgIdOf(event: Extract<LoggedEvent, { type: 'message.received' }>): string {
  return /<MsgId>(?:<!\[CDATA\[)?(\d+)/.exec(event.personal?.raw ?? '')?.[1] ?? ''
}
