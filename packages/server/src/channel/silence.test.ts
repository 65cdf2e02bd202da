import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSilenceWatch } from './silence.ts'

const account = { organizationId: 'acme', settings: { accountId: 'acme-oa' } } as Parameters<
  ReturnType<typeof startSilenceWatch>['heard']
>[0] // only these two are read

test('the first push of an account is stored at once, the next ones with the next look', async () => {
  const saved: number[] = []
  let nowMs = 1000
  const watch = startSilenceWatch({
    store: {
      saveHeard: async (_organization, _account, atMs) => void saved.push(atMs),
      watched: async () => [],
    },
    log: { submit: () => assert.fail('nobody is silent') },
    nowMs: () => nowMs,
    onError: assert.ifError,
    checkEveryMs: 3_600_000,
  })
  watch.heard(account)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(saved, [1000])
  nowMs = 2000
  watch.heard(account)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(saved, [1000])
  await watch.check()
  assert.deepEqual(saved, [1000, 2000])
  await watch[Symbol.asyncDispose]()
})
