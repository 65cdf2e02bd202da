import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LoggedEvent, RulesDocument } from '@duoke/contract'
import { evolve } from '../evolve.ts'
import { emptyOrganization } from '../organization/state.ts'
import { seededRandom } from '../random.ts'
import { createDesk, operator } from '../testing/desk.ts'
import { app, attachment } from '../testing/world.ts'
import { AskedBefore, type Said } from './asked-before.ts'
import { Conformity } from './conformity.ts'
import { HistoryReader } from './read-history.ts'
import { Simulation } from './simulate.ts'

const digest = (text: string) => text

/** A message that names its rule, an app that is asked and says nothing, and the choice two seconds later. */
function askedAcross(): readonly LoggedEvent[] {
  const bot = app('bot', { scopes: ['messages:read', 'messages:send'], attachments: [attachment('oa')] })
  const desk = createDesk({ apps: [bot] }, { digest })
  const document: RulesDocument = {
    version: 1,
    rules: [{ id: 'no', when: "message.text == '推销'", then: { refuse: { reason: 'ads' } } }],
  }
  desk.must({ type: 'rules.publish', actor: operator, document, reason: 'test', effectiveAtMs: null })
  const content = { type: 'text', text: '推销' } as const
  const { conversationId = '', messageId = '', asks } = desk.does('o1', 'message', content).result
  assert.deepEqual(asks, ['bot'])
  desk.nowMs += 2_000
  desk.must({ type: 'reply.arbitrate', conversationId, messageId, content, answers: [] })
  return desk.log
}

test('a period that begins while apps are asked knows what the customer said', () => {
  const log = askedAcross()
  const first = log.findIndex(({ type }) => type === 'session.opened')
  const [before, period] = [log.slice(0, first), log.slice(first)]
  const fromMs = period[0]?.atMs ?? 0
  const start = emptyOrganization()
  const asked = new AskedBefore()
  for (const event of before) {
    evolve(start, event)
    asked.take(event)
  }
  const closed = (messages: readonly Said[]) => {
    const reader = new HistoryReader(start, fromMs, messages)
    for (const event of period) reader.take(event)
    const causes: string[] = []
    const onEvent = (event: LoggedEvent) => {
      if (event.type === 'session.closed') causes.push(event.facts.reason ?? event.facts.cause)
    }
    const simulation = new Simulation(start, reader.finish(fromMs), { digest, random: seededRandom(1), onEvent })
    for (const _ of simulation.run());
    return causes
  }
  assert.deepEqual(closed(asked.messages), ['ads'])
  assert.deepEqual(closed([]), [], 'without its words another rule has it')

  const conformity = new Conformity(start, { digest })
  for (const message of asked.messages) conformity.hear(message)
  for (const event of period) conformity.take(event)
  conformity.finish()
  assert.deepEqual([conformity.decisions, conformity.deviations], [1, []])
})

test('what was chosen for before the period is not asked about in it', () => {
  const asked = new AskedBefore()
  for (const event of askedAcross()) asked.take(event)
  assert.deepEqual(asked.messages, [])
})
