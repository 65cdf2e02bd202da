// Who acts in a simulation: followers with phones, agents, WeChat's moods, time, and death. The seed decides everything.
import { setImmediate } from 'node:timers/promises'
import { type Random, seededRandom } from '@duoke/domain'
import type { ApiFault, FollowerAction, PushFault, PushRecord } from '@duoke/simulator'
import { failpointNames } from '../../src/events/failpoint.ts'
import type { Json } from './app.ts'
import type { SendFault } from './sim-egress.ts'
import { agentIds, keyword, type SimStage, teamIds } from './sim-stage.ts'

/** What a send was: by its own id, which is also its text. */
export type Sent = { readonly agentId: string; readonly conversationId: string; isAccepted: boolean }

/** What is known from outside, to compare the log with. */
export type Notes = {
  readonly sent: Map<string, Sent>
  /** Texts whose fate the sender cannot know, and messages that a dead server had claimed. */
  readonly ambiguous: Set<string>
  readonly claimedAtDeath: Set<string>
  /** Keys of events, which have no MsgId, by the push's id. */
  readonly eventKeys: Map<number, string>
  /** When, in the order of this run, WeChat began to push and had its first answer. */
  readonly begun: Map<number, number>
  readonly answered: Map<number, number>
  isHealed: boolean
  deaths: number
}

export function takeNotes(): Notes {
  return {
    ...{ sent: new Map(), ambiguous: new Set(), claimedAtDeath: new Set(), eventKeys: new Map() },
    ...{ begun: new Map(), answered: new Map(), isHealed: false, deaths: 0 },
  }
}

export function isAnswered({ attempts }: PushRecord): boolean {
  return attempts.some(({ outcome }) => outcome.kind === 'acknowledged' || outcome.kind === 'replied')
}

export function watchPushes({ simulator }: SimStage, notes: Notes): void {
  let moment = 0
  simulator.world.listen((event) => {
    if (event.type !== 'push') return
    const { push } = event
    if (!notes.begun.has(push.id)) notes.begun.set(push.id, moment++)
    if (!notes.answered.has(push.id) && isAnswered(push)) notes.answered.set(push.id, moment++)
  })
}

const sendFaults: readonly [ApiFault, boolean][] = [
  [{ kind: 'delay', ms: 2_000 }, false],
  [{ kind: 'delay', ms: 20_000 }, true],
  [{ kind: 'hang' }, true],
  [{ kind: 'cut', when: 'before' }, true],
  [{ kind: 'cut', when: 'after' }, true],
  [{ kind: 'cut', when: 'in-answer' }, true],
  [{ kind: 'errcode', errcode: 45015 }, false],
  [{ kind: 'errcode', errcode: 45047 }, false],
  [{ kind: 'errcode', errcode: 40001 }, false],
  [{ kind: 'errcode', errcode: -1 }, true],
  [{ kind: 'errcode', errcode: -1, recorded: true }, true],
  [{ kind: 'html', status: 502 }, true],
  [{ kind: 'html', recorded: true }, true],
  [{ kind: 'truncated-json' }, true],
  [{ kind: 'doubled-json' }, true],
]

/** The same follower's n-th send meets the same fault in every run of a seed, however the sends of others interleave. */
export function planFaults(seed: number, notes: Notes): (openid: string) => SendFault | null {
  const counts = new Map<string, number>()
  return (openid) => {
    const count = (counts.get(openid) ?? 0) + 1
    counts.set(openid, count)
    if (notes.isHealed) return null
    const random = seededRandom(hashOf(`${seed} ${openid} ${count}`))
    const drawn = random.chance(0.3) ? random.pick(sendFaults) : undefined
    return drawn === undefined ? null : { fault: drawn[0], isAmbiguous: drawn[1] }
  }
}

function hashOf(text: string): number {
  let hash = 0
  for (const character of text) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0
  return hash
}

const pushFaults: readonly PushFault[] = [
  { kind: 'duplicate', copies: 2, gapMs: 5_000 },
  { kind: 'duplicate', copies: 2, gapMs: 0 },
  { kind: 'reorder' },
  { kind: 'cut' },
  { kind: 'lose' },
  { kind: 'delay', ms: 3_000 },
]
const pausesMs = [1_000, 5_000, 5_000, 20_000, 70_000, 600_000, 3_700_000, 49 * 3_600_000]

export const followerIds = ['wang', 'zhao', 'qian', 'sun', 'zhou'] as const

type Ports = { readonly stage: SimStage; readonly random: Random; readonly notes: Notes }

/** Where a push may be lost between WeChat and the log. */
const receptions = ['after_receive', 'before_commit', 'after_commit', 'before_reply'] as const

/** One thing, or a few at the same instant. */
export function createStep(ports: Ports): () => Promise<void> {
  const { stage, random, notes } = ports
  const asAgent = createAgents(ports)
  const asFollower = createFollowers(ports)
  const together = (one: () => Promise<unknown>) => Promise.all(Array.from({ length: 1 + random.below(3) }, one))

  async function pass(): Promise<void> {
    await stage.settle()
    await stage.clock.advance(random.pick(pausesMs) ?? 0)
  }

  return async () => {
    if (!stage.isAlive() && random.chance(0.6)) await revive(stage, notes)
    const dice = random.next()
    if (dice < 0.36) await together(async () => asFollower())
    else if (dice < 0.78) await together(asAgent)
    else if (dice < 0.88) await pass()
    else if (dice < 0.91) stage.simulator.world.account('shop')?.tokens.revokeAll()
    else if (dice < 0.94) {
      const request = random.pick(stage.overheard)
      if (request !== undefined) await stage.repeat(request)
    } else if (dice < 0.97) {
      const places = random.chance(0.5) ? receptions : failpointNames
      stage.crash({ place: random.pick(places) ?? 'before_commit', passes: 1 + random.below(3) })
    } else {
      await together(async () => asFollower())
      for (let turns = random.below(40); turns > 0; turns -= 1) await setImmediate()
      stage.crash()
    }
    if (random.chance(0.8)) await stage.settle()
    if (stage.isAlive()) await stage.work()
    if (random.chance(0.5)) await stage.settle()
  }
}

export async function revive(stage: SimStage, notes: Notes): Promise<void> {
  notes.deaths += 1
  for (const messageId of await stage.restart()) notes.claimedAtDeath.add(messageId)
}

function createFollowers({ stage, random, notes }: Ports): () => void {
  const { world } = stage.simulator
  let said = 0

  function choose(isFollowing: boolean): { action: FollowerAction; key: string } {
    const scene = String(random.below(3))
    if (!isFollowing) return random.chance(0.5) ? { action: { type: 'follow' }, key: '' } : scan(scene, false)
    const dice = random.next()
    said += 1
    if (dice < 0.72) return { action: { type: 'text', text: `问${said}` }, key: '' }
    if (dice < 0.78) return { action: { type: 'text', text: keyword }, key: '' }
    if (dice < 0.88) return { action: { type: 'menu', path: [0] }, key: 'HUMAN' }
    if (dice < 0.94) return scan(scene, true)
    return { action: { type: 'unfollow' }, key: '' }
  }

  const scan = (scene: string, isFollowing: boolean) => ({
    action: { type: 'scan', scene } as const,
    key: isFollowing ? scene : `qrscene_${scene}`,
  })

  return () => {
    const id = random.pick(followerIds) ?? 'wang'
    const follower = world.follower('shop', id)
    if (follower === undefined) throw new Error('the stage has this follower')
    const fault = random.chance(0.3) ? random.pick(pushFaults) : undefined
    const { action, key } = choose(follower.followingSinceMs !== null)
    if (fault !== undefined && !notes.isHealed) world.faults.add({ target: 'push', fault, openid: follower.openid })
    const acted = stage.simulator.act('shop', id, action)
    if (acted.kind === 'refused') throw new Error(`${action.type}: ${acted.reason}`)
    for (const push of acted.pushes) notes.eventKeys.set(push.id, key)
  }
}

function createAgents(ports: Ports): () => Promise<void> {
  const { stage, random } = ports
  const send = createSending(ports)

  async function conversations(agentId: string, filter: string): Promise<Json[]> {
    const { status, body } = await stage.ask(agentId, 'GET', `/v1/conversations?${filter}`)
    return status === 200 ? body.items : []
  }

  return async () => {
    const someone = random.pick(agentIds) ?? 'lili'
    const dice = random.next()
    const [toAgent, toTeam] = [random.pick(agentIds), random.pick(teamIds)]
    const [choice, isOwn, isToTeam] = [random.next(), random.chance(0.9), random.chance(0.5)]
    if (dice < 0.12) {
      const status = choice < 0.6 ? 'online' : choice < 0.85 ? 'away' : 'offline'
      const body = random.chance(0.3) ? { status, ttlMs: 60_000 } : { status }
      return void (await stage.ask(someone, 'PUT', '/v1/me/presence', body))
    }
    const pick = async (filter: string) => {
      const items = await conversations(someone, filter)
      return items[Math.floor(choice * items.length)]
    }
    const change = (agentId: string, one: Json, verb: string, body?: object) =>
      one && stage.ask(agentId, 'POST', `/v1/conversations/${one.id}/${verb}`, body)
    if (dice < 0.26) {
      const waiting = await pick('status=waiting')
      // Several want it at the same instant (F72).
      const rivals = isOwn ? agentIds : [someone]
      return void (await Promise.all(rivals.map((rival) => change(rival, waiting, 'accept'))))
    }
    if (dice < 0.36) return void (await change(someone, await pick('status=closed'), 'reopen'))
    const held = await pick('status=open')
    const agentId = isOwn ? (held?.assignee ?? someone) : someone
    if (dice < 0.8) return void (await send(agentId, held?.id))
    if (dice < 0.9) {
      const to = isToTeam ? { teamId: toTeam } : { agentId: toAgent }
      // Pressing send during the transfer (F76).
      const transferred = change(agentId, held, 'transfer', { to, note: '请接' })
      return void (await Promise.all([transferred, send(agentId, held?.id)]))
    }
    if (dice < 0.95) return void (await change(agentId, held, 'close', {}))
    await change(agentId, held, 'read', { upTo: held?.position })
  }
}

/** An agent's send has one id for good: pressed twice, or again after the server died, it is one message (F75). */
function createSending({ stage, random, notes }: Ports) {
  const unanswered: string[] = []

  async function submit(clientId: string): Promise<void> {
    const sent = notes.sent.get(clientId)
    if (sent === undefined) return
    const path = `/v1/conversations/${sent.conversationId}/messages`
    const answer = await stage.ask(sent.agentId, 'POST', path, { type: 'text', text: clientId, clientId })
    if (answer.status === 202) sent.isAccepted = true
    else if (answer.status === 'died' || answer.status >= 500) unanswered.push(clientId)
  }

  return async (agentId: string, conversationId: string | undefined): Promise<void> => {
    const isTwice = random.chance(0.1)
    const again = random.chance(0.5) ? unanswered.shift() : undefined
    if (again !== undefined) await submit(again)
    if (conversationId === undefined) return
    const clientId = `答${notes.sent.size + 1}`
    notes.sent.set(clientId, { agentId, conversationId, isAccepted: false })
    await Promise.all([submit(clientId), ...(isTwice ? [submit(clientId)] : [])])
  }
}
