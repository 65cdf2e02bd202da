// A road: one server over HTTP, the simulator as its WeChat with several phones, and a clock that the test moves.
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { ConfigurationDocument, RulesDocument } from '@duoke/contract'
import { type Clock, ManualClock, systemClock } from '@duoke/simulator'
import { ask, type Json, type Reply } from './app.ts'
import { type CompatibleStage, type StageOptions, setCompatibleStage } from './compatible-stage.ts'

export type Call = (path: string, body?: Json, method?: string) => Promise<Reply>

type Who = string | { readonly app: string }

export type Road = CompatibleStage & {
  readonly admin: Call
  /** A token of an agent, or with `{ app }` of an app. */
  signIn(who: Who): Promise<string>
  /** Their own interface. */
  as(who: Who): Promise<Call>
  /** These agents come online, in this order; their interfaces. */
  online(...agentIds: readonly string[]): Promise<Call[]>
  publish(rules: RulesDocument): Promise<void>
  /** Settings of the organization; what is left out keeps what is there. */
  configure(settings: Partial<ConfigurationDocument['organization']>): Promise<void>
  /** A follower writes on the phone; resolves with the conversation when WeChat has its answer. */
  says(follower: string, text: string): Promise<string>
  /** The follower's phone shows exactly this from the account, now or soon, and nothing else. */
  shows(follower: string, expected: readonly string[]): Promise<void>
  /** Who holds a conversation: `queue`, `agent:lili`, `app:bot`, or `nobody`. */
  holder(conversationId: string): Promise<string>
  /** The record of the decision behind a conversation's holder. */
  decision(conversationId: string): Promise<Json>
  /** The events of a conversation that are of one type, oldest first. */
  of(conversationId: string, type: string): Promise<Json[]>
}

/** A road on which time stands still but for `pass`. */
export type TimedRoad = Road & {
  readonly clock: ManualClock
  /** Time passes, and what is due then happens. */
  pass(byMs: number): Promise<void>
}

export const minute = 60_000
/** In real time, whatever the road's clock says: what does not come by then never does. */
const shownWithinMs = 30_000

export async function setRoad(options: StageOptions = {}): Promise<Road> {
  const stage = await setCompatibleStage(options)
  const admin = callerOf(stage, await stage.adminToken())
  return {
    ...stage,
    admin,
    ...peopleOf(stage),
    ...phonesOf(stage, admin, options.clock ?? systemClock),
    ...deskOf(stage, admin),
  }
}

const callerOf =
  ({ test }: CompatibleStage, token: string): Call =>
  (path, body, method) =>
    ask(test.url, `/v1/${path}`, { token, ...(body !== undefined && { body }), ...(method && { method }) })

function peopleOf(stage: CompatibleStage): Pick<Road, 'signIn' | 'as' | 'online'> {
  const signIn = async (who: Who): Promise<string> => {
    const holder =
      typeof who === 'string' ? ({ kind: 'agent', id: who } as const) : ({ kind: 'app', id: who.app } as const)
    const made = await stage.test.app.operator.createToken(stage.organizationId, { holder })
    assert.ok(made.ok, made.ok ? '' : made.sentence)
    return made.token
  }
  const as = async (who: Who) => callerOf(stage, await signIn(who))
  return {
    signIn,
    as,
    async online(...agentIds) {
      const calls: Call[] = []
      for (const agentId of agentIds) {
        const call = await as(agentId)
        assert.equal((await call('me/presence', { status: 'online' }, 'PUT')).status, 200)
        calls.push(call)
      }
      return calls
    },
  }
}

function phonesOf({ simulator }: CompatibleStage, admin: Call, clock: Clock): Pick<Road, 'says' | 'shows'> {
  const conversations = new Map<string, string>()
  const conversationOf = async (openid: string): Promise<string> => {
    const { body } = await admin('conversations?limit=200')
    const known = new Set(conversations.values())
    for (const { id, customer } of body.items.filter((one: Json) => !known.has(one.id))) {
      conversations.set((await admin(`customers/${customer.id}`)).body.openid, id)
    }
    const found = conversations.get(openid)
    assert.ok(found !== undefined, `nothing of ${openid} came`)
    return found
  }
  const followerOf = (id: string) => {
    const known = simulator.world.follower('shop', id)
    if (known !== undefined) return known
    const account = simulator.world.account('shop')
    assert.ok(account !== undefined)
    const follower = simulator.world.addFollower(account, { id, name: id })
    follower.followingSinceMs = clock.nowMs()
    return follower
  }
  const phoneOf = (id: string): string[] =>
    simulator.world.chat(followerOf(id)).flatMap(({ from, content }) => {
      if (from !== 'account') return []
      return [content.kind === 'text' ? content.text : content.kind]
    })
  return {
    async says(id, text) {
      const { openid } = followerOf(id)
      const acted = simulator.act('shop', id, { type: 'text', text })
      assert.ok(acted.kind !== 'refused')
      await acted.done
      return conversationOf(openid)
    },
    async shows(id, expected) {
      const lastMs = performance.now() + shownWithinMs
      while (phoneOf(id).length < expected.length && performance.now() < lastMs) await wait(10)
      assert.deepEqual(phoneOf(id), expected)
    },
  }
}

type Desk = Pick<Road, 'publish' | 'configure' | 'holder' | 'decision' | 'of'>

function deskOf({ organizationId }: CompatibleStage, admin: Call): Desk {
  return {
    async publish(document) {
      const published = await admin('rules', { document, reason: 'road' }, 'PUT')
      assert.equal(published.status, 200, JSON.stringify(published.body))
    },
    async configure(settings) {
      const document = { version: 1, organization: { id: organizationId, name: 'Acme', ...settings } }
      const applied = await admin('configuration', { document })
      assert.equal(applied.status, 200, JSON.stringify(applied.body))
    },
    async holder(conversationId) {
      const { holder } = (await admin(`conversations/${conversationId}`)).body
      if (holder.kind === 'agent') return `agent:${holder.agentId}`
      return holder.kind === 'app' ? `app:${holder.appId}` : holder.kind
    },
    async decision(conversationId) {
      const { decisionId } = (await admin(`conversations/${conversationId}`)).body
      return (await admin(`decisions/${decisionId}`)).body
    },
    async of(conversationId, type) {
      const { body } = await admin(`events?conversation=${conversationId}&limit=200`)
      return body.items.filter((event: Json) => event.type === type)
    },
  }
}

/** @param at an ISO 8601 instant at which the road begins */
export async function setTimedRoad(at: string, options: StageOptions = {}): Promise<TimedRoad> {
  const clock = new ManualClock(Date.parse(at))
  const nowMs = () => clock.nowMs()
  const overrides = { nowMs, batchTimeMs: nowMs, isDriven: true, presence: { beatMs: 60 * minute } }
  const road = await setRoad({ ...options, clock, overrides })
  return {
    ...road,
    clock,
    async pass(byMs) {
      await clock.advance(byMs)
      // What one timer brings may set another that is due as well.
      while ((await road.test.app.timers.runOnce()) > 0);
      await road.test.app.channel.delivery.poll()
    },
  }
}
