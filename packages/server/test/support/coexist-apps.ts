// Three vendors' servers as Duoke sees them over HTTP, in virtual time: one good, one that hangs, one that talks nonsense.
import type { AppAttachment, AppSettings } from '@duoke/contract'
import type { Random } from '@duoke/domain'
import type { Clock } from '@duoke/simulator'
import { openPush, type PassiveReply, type PushCredentials, type PushMode, sealReply, writeReply } from '@duoke/wechat'
import type { Egress, EgressRequest, EgressResult } from '../../src/channel/egress.ts'

export type CoexistingApp = { readonly settings: AppSettings; readonly credentials: PushCredentials }

/** What an app did with one push, in its own words: what the rule is recomputed from. */
export type Deed = {
  readonly appId: string
  readonly msgId: string
  readonly askedMs: number
  /** When its answer, or the failure, is known to whoever asked. */
  readonly knownMs: number
  readonly outcome: 'reply' | 'transfer' | 'silent' | 'failed'
  readonly text?: string
}

export const appIds = ['good', 'hanging', 'lying'] as const
type AppId = (typeof appIds)[number]
/** Each app has instants of its own, so that two answers are rarely known at the same one. */
const gridMs = 8

export function drawApps(random: Random, accountId: string): readonly CoexistingApp[] {
  return appIds.map((appId) => {
    const mode: PushMode = random.pick(['plain', 'compatible', 'safe'] as const) ?? 'safe'
    const wechatAppId = `wx${appId}`
    const attachment: AppAttachment = {
      ...{ accountId, wechatAppId, role: random.chance(0.9) ? 'responder' : 'observer', priority: random.below(3) },
      when: random.chance(0.2) ? "message.text != '问2'" : null,
      lateReplies: random.chance(0.3) ? 'send' : 'drop',
      ...{ echo: false, agentNames: 'omit', push: { url: `http://${appId}/wx`, mode, format: 'xml' } },
      secretsDigest: '',
    }
    const unset = { contact: null, rateLimit: null, allowedAddresses: [] }
    const scopes: AppSettings['scopes'] = ['messages:read', 'messages:send', 'sessions:manage']
    return {
      settings: { appId, name: appId, scopes, attachments: [attachment], ...unset },
      credentials: {
        appId: wechatAppId,
        mode,
        tokens: [`token${appId}`],
        encodingAesKeys: [`${appId}${'A'.repeat(43)}`.slice(0, 43)],
      },
    }
  })
}

type Ports = {
  readonly clock: Clock
  readonly random: Random
  readonly apps: readonly CoexistingApp[]
  readonly deeds: Deed[]
}
type Plan = {
  readonly afterMs: number
  readonly outcome: Deed['outcome']
  readonly body?: string
  readonly status?: number
  readonly reply?: PassiveReply
  readonly toUser?: string
}

export function createAppsEgress({ clock, random, apps, deeds }: Ports): Egress {
  async function request(asked: EgressRequest): Promise<EgressResult> {
    const url = new URL(asked.url)
    const app = apps.find(({ settings }) => settings.appId === url.hostname)
    if (app === undefined) throw new Error(`${url.hostname} is no app of this test`)
    const { appId } = app.settings
    const opened = openPush(app.credentials, {
      ...{ query: Object.fromEntries(url.searchParams), body: Buffer.from(asked.body ?? '') },
      nowSeconds: Math.floor(clock.nowMs() / 1000),
    })
    if (!opened.ok || opened.push.kind !== 'text') throw new Error(`${appId} cannot read what it was pushed`)
    const { push, keyIndex } = opened
    const plan = planOf(appId as AppId, random, push.msgId) // found in the list of these apps
    const afterMs = Math.min(plan.afterMs, asked.timeoutMs)
    const askedMs = clock.nowMs()
    const isLate = plan.afterMs >= asked.timeoutMs
    const outcome = isLate ? 'failed' : plan.outcome
    const text = plan.reply?.type === 'text' && outcome === 'reply' ? { text: plan.reply.content } : {}
    asked.onWritten?.()
    deeds.push({ appId, msgId: push.msgId, askedMs, knownMs: askedMs + afterMs, outcome, ...text })
    await new Promise<void>((resolve) => clock.after(afterMs, resolve))
    if (isLate) return { sent: 'unknown', error: { code: 'deadline', message: 'no answer' } }
    if (plan.reply === undefined) return answered(plan.body ?? '', plan.status)
    const toUser = plan.toUser ?? push.fromUser
    const createTime = Math.floor(clock.nowMs() / 1000)
    const document = writeReply(plan.reply, { toUser, fromUser: push.toUser, createTime }, 'xml')
    const sealing = {
      document,
      format: 'xml',
      timestamp: createTime,
      nonce: '1',
      random16: Buffer.alloc(16, 'x'),
    } as const
    return answered(sealReply(app.credentials, { ...sealing, keyIndex }))
  }
  return { request, close() {} }
}

function answered(body: string, status = 200): EgressResult {
  return { sent: 'yes', status, headers: {}, body: Buffer.from(body) }
}

function planOf(appId: AppId, random: Random, msgId: string): Plan {
  const turn = appIds.indexOf(appId) + 1
  const soonMs = turn + gridMs * random.below(random.chance(0.7) ? 60 : 480)
  if (appId === 'hanging' && random.chance(0.6)) return { afterMs: 10_000, outcome: 'failed' }
  if (appId === 'lying' && random.chance(0.6)) return { afterMs: soonMs, ...nonsense(random) }
  const dice = random.next()
  if (dice < 0.2) return { afterMs: soonMs, outcome: 'silent', body: random.pick(['success', '']) ?? '' }
  if (dice < 0.35) {
    const agent = random.chance(0.5) ? { kfAccount: `${random.pick(['agent1', 'agent2', 'nobody'])}@acme` } : {}
    return { afterMs: soonMs, outcome: 'transfer', reply: { type: 'transfer_customer_service', ...agent } }
  }
  return { afterMs: soonMs, outcome: 'reply', reply: { type: 'text', content: `${appId} ${msgId}` } }
}

/** No answer in the end, whatever it looks like. */
function nonsense(random: Random): Omit<Plan, 'afterMs'> {
  const outcome = 'failed'
  const reply = { type: 'text', content: '谎' } as const
  switch (random.below(5)) {
    case 0:
      return { outcome, body: '<<<' }
    case 1:
      return { outcome, body: 'success', status: 500 }
    case 2:
      return { outcome, reply, toUser: 'somebody else' }
    case 3:
      return { outcome, body: `<xml><Encrypt>${'x'.repeat(60)}</Encrypt></xml>` }
    default:
      return { outcome, reply: { type: 'text', content: '' } }
  }
}
