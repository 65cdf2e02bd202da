// What somebody who waits is told on the phone, on a whole server with the simulator as its WeChat, and what that costs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RulesDocument } from '@duoke/contract'
import type { Json } from './support/app.ts'
import { minute, setTimedRoad } from './support/road-stage.ts'

const waitingReply = '您排在第 {position} 位，预计等待 {wait}'
const waitingUpdates = { reply: '现在第 {position} 位，预计还需 {wait}', everyMs: minute, keep: 4 }

test('F79: who waits is answered once, told when the place changed, and the ledger shows what that has cost', {
  timeout: 120_000,
}, async () => {
  await using road = await setTimedRoad('2026-03-02T10:00:00+08:00')
  const withUpdates = (then: RulesDocument['rules'][number]['then']): RulesDocument => ({
    version: 1,
    rules: [{ id: 'all', when: 'true', then }],
  })
  const nonsense = withUpdates({ waitingUpdates: { reply: '请稍候' } })
  const refused = await road.admin('rules', { document: nonsense, reason: 'road' }, 'PUT')
  assert.deepEqual([refused.status, refused.body.errors[0].path], [400, '/document/rules/0/then/waitingUpdates/reply'])
  await road.publish(withUpdates({ waitingReply, waitingUpdates }))

  const first = await road.says('li', '在吗')
  let second = ''
  for (const text of ['在吗', '有人吗', '喂']) second = await road.says('chen', text)
  const unknown = '您排在第 2 位，预计等待 暂时无法估计'
  await road.shows('chen', [unknown])

  await road.admin(`conversations/${first}/close`, {})
  await road.pass(minute)
  const updated = [unknown, '现在第 1 位，预计还需 暂时无法估计']
  await road.shows('chen', updated)
  // Once, and not again for the same place.
  await road.pass(30 * minute)
  await road.shows('chen', updated)
  const { body: quota } = await road.admin(`conversations/${second}/quota`)
  assert.deepEqual(
    [quota.remaining, quota.windows.map(({ used, usedBy }: Json) => [used, usedBy])],
    [4, [[1, { 'rule:waiting': 1 }]]],
  )
})
