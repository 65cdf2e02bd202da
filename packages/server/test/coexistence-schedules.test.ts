// Three apps, two agents and two servers on one account, in one process and in virtual time; the rule is recomputed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Actor } from '@duoke/contract'
import type { Random } from '@duoke/domain'
import { proofSize } from '../../../test/proof-sizes.ts'
import { appIds } from './support/coexist-apps.ts'
import { checkByTheRule } from './support/coexist-rule.ts'
import { agentIds, type CoexistStage, keyword, setCoexistStage } from './support/coexist-stage.ts'
import { type PlayedWechat, playWechat } from './support/coexist-wechat.ts'
import { forEachSeed } from './support/for-each-seed.ts'

const pausesMs = [0, 8, 80, 400, 1_000, 2_900, 3_000, 4_200, 9_000]
const steps = 9
const happened = new Set<string>()

async function runSchedule(_seed: number, random: Random): Promise<void> {
  const stage = await setCoexistStage(random)
  const wechat = playWechat(stage)
  for (let count = 0; count < steps; count += 1) {
    step(stage, wechat)
    await stage.clock.advance(random.pick(pausesMs) ?? 0)
  }
  // The last push, its repetitions, whoever is asked late, and the timer of a dead server's question.
  await stage.clock.advance(40_000)
  for (const what of checkByTheRule(stage, wechat.pushes)) happened.add(what)
  assertTold(stage)
}

function step(stage: CoexistStage, wechat: PlayedWechat): void {
  const { random } = stage
  const dice = random.next()
  const openid = random.pick(['wang', 'zhao']) ?? 'wang'
  if (dice < 0.55) wechat.write(openid, random.chance(0.2) ? keyword : `问${1 + random.below(3)}`)
  else if (dice < 0.9) control(stage)
  else if (dice < 0.95) stage.crash()
  else {
    const appId = random.pick(appIds) ?? 'good'
    const finding = random.chance(0.4)
      ? ({ kind: 'suspended', reason: 'timeout', failures: 10 } as const)
      : ({ kind: 'recovered' } as const)
    stage.act({ type: 'app.report', actor: { kind: 'system' }, appId, accountId: 'acme-oa', finding })
  }
}

/** Agents and apps hand conversations to each other, whether they may or not. */
function control({ random, log, act }: CoexistStage): void {
  const conversationId = random.pick([...log.state.conversations.values()])?.id
  if (conversationId === undefined) return
  const agentId = random.pick(agentIds) ?? 'agent1'
  const appId = random.pick(appIds) ?? 'good'
  const actor: Actor = random.chance(0.6) ? { kind: 'agent', agentId } : { kind: 'app', appId }
  const to = random.pick([{ agentId }, { appId }, { queue: true } as const]) ?? { agentId }
  const dice = random.next()
  if (dice < 0.3) act({ type: 'session.accept', actor: { kind: 'agent', agentId }, conversationId })
  else if (dice < 0.55) act({ type: 'session.transfer', actor, conversationId, to })
  else if (dice < 0.7) act({ type: 'session.release', actor, conversationId })
  else if (dice < 0.9) act({ type: 'session.close', actor: { kind: 'operator' }, conversationId })
  else act({ type: 'session.open', actor: { kind: 'operator' }, conversationId, agentId })
}

/** Every app finds in its delivery log, once, what became of each answer; a server that died told nobody. */
function assertTold({ deliveries, deeds, deathsMs }: CoexistStage): void {
  const asked = deliveries.filter(({ outcome }) => outcome !== 'not-asked')
  const names = asked.map(({ key, messageId }) => `${key.appId} ${messageId}`)
  assert.equal(new Set(names).size, names.length, 'no answer is told twice')
  if (deathsMs.length === 0) assert.equal(names.length, deeds.length, 'every answer is told')
}

const mustHappen = [
  ...appIds.map((appId) => `won: ${appId}`),
  ...[
    'won: rule',
    'won: nobody',
    'reply sent',
    'transfer transferred',
    'reply dropped',
    'late nothing',
    'failed nothing',
  ],
  ...['chosen by the timer', 'an agent came first', 'because agent_holds', 'because not_chosen', 'sent later'],
]

test('F26 F27 F58 F59: three apps and two agents share an account: one reply to a push, whose the rule names, whatever happens', {
  timeout: 1_800_000,
}, async () => {
  const missing = () => mustHappen.filter((what) => !happened.has(what))
  await forEachSeed('coexistence', proofSize('coexistenceSchedules'), runSchedule, () => missing().length > 0)
  if (process.env.DUOKE_SEED !== undefined) return
  assert.deepEqual(missing(), [], 'each of these must happen, or the schedules prove nothing about it')
})
