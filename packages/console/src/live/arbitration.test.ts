import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arbitrated, madeMessage } from '../../test/support/made.ts'
import { type Answer, choiceOf, isWorthTelling } from './arbitration.ts'
import { applyToThread, threadOf } from './thread.ts'

const said = (appId: string): Answer => ({ appId, outcome: 'reply', became: 'dropped', reason: 'not_chosen' })
const silent = (appId: string): Answer => ({ appId, outcome: 'silent', became: 'nothing' })
const sent = (appId: string): Answer => ({ appId, outcome: 'reply', became: 'sent', messageId: 'ms_2' })
const nobody = { kind: 'nobody' } as const

test('The reason of the winner is the published rule: the holder, then priority, then whoever says something', () => {
  const chosen = (appId: string, holder: Parameters<typeof arbitrated>[1]['holder'], answers: readonly Answer[]) =>
    choiceOf(arbitrated(3, { winner: { kind: 'app', appId }, holder, answers: [...answers] }).facts)
  const holding = { kind: 'app', appId: 'bot', stintId: 'st_1', since: '2026-01-05T01:00:00Z' } as const
  assert.equal(chosen('bot', holding, [sent('bot'), said('faq')]).winner?.reason, 'holds')
  assert.equal(chosen('bot', nobody, [sent('bot'), said('faq')]).winner?.reason, 'first')
  const later = chosen('faq', nobody, [silent('bot'), sent('faq'), said('crm')])
  assert.equal(later.winner?.reason, 'others-said-nothing')
  assert.deepEqual(
    later.notChosen.map(({ appId }) => appId),
    ['crm'],
  )
})

test('A choice stands in the thread when an app answered or was not heard, and not when all were silent', () => {
  const quiet = arbitrated(3, { winner: nobody, holder: nobody, answers: [silent('bot')] })
  const unheard = arbitrated(4, { winner: nobody, holder: nobody, answers: [said('bot')] })
  assert.deepEqual([isWorthTelling(quiet.facts), isWorthTelling(unheard.facts)], [false, true])
  const thread = [quiet, unheard].reduce(applyToThread, threadOf([madeMessage(1)], null, 'c'))
  assert.deepEqual(
    thread.lines.map(({ position }) => position),
    [4],
  )
  assert.equal(thread.position, 4)
})
