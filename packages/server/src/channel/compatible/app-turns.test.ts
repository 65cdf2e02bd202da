import assert from 'node:assert/strict'
import { test } from 'node:test'
import { done } from './answer.ts'
import { createAppTurns, workedOnAtOnce } from './app-turns.ts'
import type { Call, Caller } from './call.ts'
import type { TokenEndpoint } from './endpoint.ts'

test('F64 a burst of one app is worked on a handful at a time, and another app does not stand behind it', async () => {
  const begun: string[] = []
  const gates: (() => void)[] = []
  const endpoint: TokenEndpoint = {
    ...{ path: '/cgi-bin/example', method: 'GET', auth: 'token', scopes: [] },
    run(_call, caller) {
      begun.push(caller.appId)
      return new Promise((resolve) => gates.push(() => resolve(done)))
    },
  }
  const [wrapped] = createAppTurns()([endpoint])
  assert.ok(wrapped?.auth === 'token')
  const call = {} as Call // nothing of it is read
  const callAs = (appId: string) => wrapped.run(call, { organizationId: 'acme', appId } as Caller) // the rest is not read
  const burst = Array.from({ length: 10 }, () => callAs('noisy'))
  const other = callAs('other')
  await new Promise(setImmediate)
  assert.deepEqual(begun, [...Array.from({ length: workedOnAtOnce }, () => 'noisy'), 'other'])
  while (begun.length < 11 || gates.length > 0) {
    for (const open of gates.splice(0)) open()
    await new Promise(setImmediate)
  }
  assert.equal((await Promise.all([...burst, other])).length, 11)
})
