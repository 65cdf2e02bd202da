import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccountReport } from '../commands.ts'
import { createDesk } from '../testing/desk.ts'

test('reports about an account are logged when they are news', () => {
  const desk = createDesk()
  const said = (report: AccountReport) =>
    desk.types(desk.must({ type: 'account.report', accountId: 'oa', report }).events)
  const degraded = { kind: 'degraded', code: 40164, reason: 'not in whitelist' } as const
  assert.deepEqual(said(degraded), ['account.degraded'])
  assert.deepEqual(said(degraded), [])
  assert.deepEqual(said({ ...degraded, code: 48001 }), ['account.degraded'])
  assert.deepEqual(said({ kind: 'recovered' }), ['account.recovered'])
  assert.deepEqual(said({ kind: 'recovered' }), [])
  assert.deepEqual(said({ kind: 'silenced', lastPushAtMs: 0 }), ['account.silenced'])
  assert.deepEqual(said({ kind: 'silenced', lastPushAtMs: 0 }), [])
  assert.deepEqual(said({ kind: 'heard' }), ['account.heard'])
  assert.deepEqual(said({ kind: 'heard' }), [])
  const unknown = desk.run({ type: 'account.report', accountId: 'no', report: { kind: 'heard' } })
  assert.equal(!unknown.accepted && unknown.code, 'not_found')
})
