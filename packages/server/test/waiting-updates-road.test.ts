// What somebody who waits is told on the phone, on a whole server with the simulator as its WeChat, and what that costs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, type Json } from './support/app.ts'
import { eventually } from './support/channel-stage.ts'
import { setCompatibleStage } from './support/compatible-stage.ts'

const minute = 60_000

test('F79: who waits is answered once, told when the place changed, and the ledger shows what that has cost', async () => {
  let aheadMs = 0
  const nowMs = () => Date.now() + aheadMs
  const after = (delayMs: number, run: () => void) => {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  }
  await using stage = await setCompatibleStage({ clock: { nowMs, after }, overrides: { nowMs, batchTimeMs: nowMs } })
  const token = await stage.adminToken()
  const call = (path: string, body?: Json, method?: string) =>
    ask(stage.test.url, `/v1/${path}`, { token, ...(body !== undefined && { body }), ...(method && { method }) })
  const waitingReply = '您排在第 {position} 位，预计等待 {wait}'
  const waitingUpdates = { reply: '现在第 {position} 位，预计还需 {wait}', everyMs: minute, keep: 4 }
  const rules = [{ id: 'all', when: 'true', then: { waitingReply, waitingUpdates } }]
  const nonsense = [{ id: 'all', when: 'true', then: { waitingUpdates: { reply: '请稍候' } } }]
  const refused = await call('rules', { document: { version: 1, rules: nonsense }, reason: 'road' }, 'PUT')
  assert.deepEqual([refused.status, refused.body.errors[0].path], [400, '/document/rules/0/then/waitingUpdates/reply'])
  const published = await call('rules', { document: { version: 1, rules }, reason: 'road' }, 'PUT')
  assert.equal(published.status, 200, JSON.stringify(published.body))

  const account = stage.simulator.world.account('shop')
  assert.ok(account !== undefined)
  stage.simulator.world.addFollower(account, { id: 'li', name: '李' }).followingSinceMs = nowMs()
  const first = stage.simulator.act('shop', 'li', { type: 'text', text: '在吗' })
  assert.ok(first.kind !== 'refused')
  await first.done
  for (const text of ['在吗', '有人吗', '喂']) await stage.write(text)
  const unknown = '您排在第 2 位，预计等待 暂时无法估计'
  assert.deepEqual(stage.phone(), [unknown])

  const { body: listed } = await call('conversations')
  const waiting = await Promise.all(
    listed.items.map(async ({ id }: Json) => ({
      id,
      place: (await call(`conversations/${id}/waiting`)).body.position,
    })),
  )
  const at = (place: number) => waiting.find((one) => one.place === place)?.id
  await call(`conversations/${at(1)}/close`, {})
  // What is sent leaves when the database's own clock has come so far: the leap is as short as it can be.
  aheadMs += minute + 500
  await eventually(() => (stage.phone().length > 1 ? true : null))
  aheadMs += 30 * minute
  await new Promise((done) => setTimeout(done, 1200))
  assert.deepEqual(
    stage.phone(),
    [unknown, '现在第 1 位，预计还需 暂时无法估计'],
    'once, and not again for the same place',
  )
  const { body: quota } = await call(`conversations/${at(2)}/quota`)
  assert.deepEqual(
    [quota.remaining, quota.windows.map(({ used, usedBy }: Json) => [used, usedBy])],
    [4, [[1, { 'rule:waiting': 1 }]]],
  )
})
