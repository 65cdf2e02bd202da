import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  openWindow,
  openWindows,
  QUOTA_TABLES,
  type QuotaWindow,
  remainingIn,
  type TriggerClass,
  takeFromQuota,
} from './quota.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const { current } = QUOTA_TABLES

function after(...triggers: [TriggerClass, number][]): QuotaWindow[] {
  return triggers.reduce<QuotaWindow[]>((windows, [trigger, atMs]) => openWindow(windows, current, trigger, atMs), [])
}

/** Sends until refused; says which windows paid, and the code at the end. */
function sendAll(windows: QuotaWindow[], nowMs: number): { from: TriggerClass[]; errcode: number } {
  const from: TriggerClass[] = []
  for (let left = windows; ; ) {
    const decision = takeFromQuota(left, nowMs)
    if (decision.kind === 'refused') return { from, errcode: decision.errcode }
    from.push(decision.from)
    left = decision.windows
  }
}

test('a message allows five sends within 48 hours, then 45047', () => {
  const sent = sendAll(after(['message', 0]), 47 * HOUR)
  assert.deepEqual(sent, { from: Array(5).fill('message'), errcode: 45047 })
})

test('a window is shut from the moment its time has passed: 45015', () => {
  const windows = after(['message', 0])
  assert.equal(takeFromQuota(windows, 48 * HOUR - 1).kind, 'allowed')
  assert.deepEqual(takeFromQuota(windows, 48 * HOUR), { kind: 'refused', errcode: 45015 })
  assert.deepEqual(takeFromQuota([], 0), { kind: 'refused', errcode: 45015 })
})

for (const trigger of ['menu-click', 'follow', 'scan'] as const) {
  test(`${trigger} allows three sends within a minute`, () => {
    assert.equal(sendAll(after([trigger, 0]), MINUTE - 1).from.length, 3)
    assert.deepEqual(sendAll(after([trigger, 0]), MINUTE), { from: [], errcode: 45015 })
  })
}

test('a new trigger of a class sets it back to its maximum and does not add to it', () => {
  const used = takeFromQuota(after(['message', 0]), 1)
  assert.ok(used.kind === 'allowed')
  const again = openWindow(used.windows, current, 'message', HOUR)
  assert.equal(again.length, 1)
  assert.equal(sendAll(again, 2 * HOUR).from.length, 5)
  assert.equal(takeFromQuota(again, 48 * HOUR + MINUTE).kind, 'allowed')
})

test('the window that closes first pays first, and each class keeps its own count', () => {
  const windows = after(['message', 0], ['menu-click', 10_000], ['follow', 5_000], ['scan', 20_000])
  const { from, errcode } = sendAll(windows, 30_000)
  const three = (trigger: TriggerClass) => Array(3).fill(trigger)
  assert.deepEqual(from, [...three('follow'), ...three('menu-click'), ...three('scan'), ...Array(5).fill('message')])
  assert.equal(errcode, 45047)
})

test('an empty open window beside closed ones is 45047; when it closes too it is 45015', () => {
  let windows = after(['message', 0])
  for (let count = 0; count < 5; count++) {
    const decision = takeFromQuota(windows, HOUR)
    if (decision.kind === 'allowed') windows = decision.windows
  }
  windows = openWindow(windows, current, 'scan', HOUR)
  assert.equal(takeFromQuota(windows, HOUR + 1).kind, 'allowed')
  assert.deepEqual(takeFromQuota(windows, HOUR + 2 * MINUTE), { kind: 'refused', errcode: 45047 })
  assert.deepEqual(takeFromQuota(windows, 49 * HOUR), { kind: 'refused', errcode: 45015 })
})

test('the earlier tables gave twenty sends and, before that, any number', () => {
  const of2021 = openWindow([], QUOTA_TABLES['2021-06'], 'message', 0)
  assert.equal(sendAll(of2021, 1).from.length, 20)
  let original = openWindow([], QUOTA_TABLES.original, 'message', 0)
  for (let count = 0; count < 1_000; count++) {
    const decision = takeFromQuota(original, HOUR)
    assert.equal(decision.kind, 'allowed')
    if (decision.kind === 'allowed') original = decision.windows
  }
  assert.deepEqual(openWindows(original, HOUR).map(remainingIn), ['unlimited'])
  assert.deepEqual(openWindow([], QUOTA_TABLES.original, 'scan', 0), [])
})
