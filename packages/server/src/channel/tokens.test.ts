import assert from 'node:assert/strict'
import { test } from 'node:test'
import { channelAccount } from './testing/account.ts'
import { createFakeEgress, json, notSent } from './testing/fake-wechat.ts'
import { createTokenCustodian, type StoredToken, type TokenStore } from './tokens.ts'

/** Rows and lock of one account, shared by all servers of a test. */
function sharedStore(clock: { now: number }): TokenStore {
  let stored: StoredToken | null = null
  let lockedUntil = 0
  return {
    read: async () => stored,
    lock: async (_account, forMs) => {
      if (lockedUntil > clock.now) return false
      lockedUntil = clock.now + forMs
      return true
    },
    save: async (_account, token) => {
      stored = token
      lockedUntil = 0
    },
    unlock: async () => {
      lockedUntil = 0
    },
  }
}

function world(options: { servers?: number; answer?: (forced: boolean) => object } = {}) {
  const clock = { now: 1_000_000 }
  const wechat = { token: 'T1', forced: 0 }
  const { egress, calls } = createFakeEgress(async (call) => {
    await new Promise((resolve) => setImmediate(resolve))
    const isForced: boolean = JSON.parse(call.body).force_refresh
    if (isForced) {
      wechat.forced += 1
      wechat.token = `F${wechat.forced}`
    }
    return options.answer?.(isForced) ?? { access_token: wechat.token, expires_in: 7200 }
  })
  const store = sharedStore(clock)
  const conflicts: string[] = []
  const servers = Array.from({ length: options.servers ?? 1 }, () =>
    createTokenCustodian({
      store,
      egress,
      nowMs: () => clock.now,
      sleep: async () => {
        await new Promise((resolve) => setImmediate(resolve))
      },
      onConflict: (account) => conflicts.push(account.settings.accountId),
    }),
  )
  const [custodian] = servers
  assert.ok(custodian)
  return { clock, wechat, calls, servers, custodian, conflicts, account: channelAccount() }
}

test('a token is fetched by the stable call, once, and kept', async () => {
  const { custodian, calls, account } = world()
  assert.deepEqual(await custodian.token(account), { ok: true, token: 'T1' })
  assert.deepEqual(await custodian.token(account), { ok: true, token: 'T1' })
  assert.equal(calls.length, 1)
  assert.equal(calls[0]?.path, '/cgi-bin/stable_token')
  assert.deepEqual(JSON.parse(calls[0]?.body ?? ''), {
    grant_type: 'client_credential',
    appid: 'wxba5fad812f8e6fb9',
    secret: 'app-secret',
    force_refresh: false,
  })
})

test('F50: eight servers that all need a token ask WeChat once for each expiry', async () => {
  const { servers, calls, account, clock, wechat } = world({ servers: 8 })
  const ask = () => Promise.all(servers.flatMap((server) => Array.from({ length: 20 }, () => server.token(account))))
  for (const result of await ask()) assert.deepEqual(result, { ok: true, token: 'T1' })
  assert.equal(calls.length, 1)
  clock.now += 7200_000 - 5 * 60_000
  wechat.token = 'T2'
  for (const result of await ask()) assert.deepEqual(result, { ok: true, token: 'T2' })
  assert.equal(calls.length, 2)
})

test('a token is renewed five minutes before its end, and used until its end when that fails', async () => {
  let fails = false
  const { custodian, calls, account, clock } = world({
    answer: () => (fails ? notSent : { access_token: 'T', expires_in: 7200 }),
  })
  await custodian.token(account)
  clock.now += 7200_000 - 6 * 60_000
  await custodian.token(account)
  assert.equal(calls.length, 1)
  fails = true
  clock.now += 2 * 60_000
  assert.deepEqual(await custodian.token(account), { ok: true, token: 'T' })
  assert.equal(calls.length, 2)
  clock.now += 5 * 60_000
  assert.equal((await custodian.token(account)).ok, false)
})

test('F49: a thousand sends with a dead token on four servers lead to one call of WeChat', async () => {
  const { servers, calls, account, wechat, custodian } = world({ servers: 4 })
  await custodian.token(account)
  wechat.token = 'T2'
  const renewed = await Promise.all(Array.from({ length: 1000 }, (_, i) => servers[i % 4]?.renew(account, 'T1')))
  for (const result of renewed) assert.deepEqual(result, { ok: true, token: 'T2' })
  assert.equal(calls.length, 2)
})

test('F56: a token is forced only when WeChat still names the one it refuses', async () => {
  const { custodian, calls, account } = world()
  await custodian.token(account)
  assert.deepEqual(await custodian.renew(account, 'T1'), { ok: true, token: 'F1' })
  assert.deepEqual(
    calls.map((call) => JSON.parse(call.body).force_refresh),
    [false, false, true],
  )
})

test('F49: errors renew a token at most once in thirty seconds, whichever server they reach', async () => {
  const { servers, calls, account, clock } = world({ servers: 2 })
  const [first, second] = servers
  assert.ok(first && second)
  await first.token(account)
  assert.deepEqual(await first.renew(account, 'T1'), { ok: true, token: 'F1' })
  const made = calls.length
  for (const server of servers) {
    const again = await server.renew(account, 'F1')
    assert.ok(!again.ok && again.cause === 'unavailable')
    assert.ok(again.retryAfterMs > 0 && again.retryAfterMs <= 30_000)
  }
  assert.equal(calls.length, made)
  clock.now += 30_001
  assert.deepEqual(await second.renew(account, 'F1'), { ok: true, token: 'F2' })
})

test('F50: another system that keeps taking our token is noticed within a minute', async () => {
  const { custodian, account, clock, wechat, conflicts } = world()
  await custodian.token(account)
  for (let i = 2; i <= 3; i += 1) {
    clock.now += 30_001
    const mine = await custodian.token(account)
    assert.ok(mine.ok)
    wechat.token = `foreign${i}`
    await custodian.renew(account, mine.token)
  }
  assert.deepEqual(conflicts, ['acme-oa'])
})

test('a token that ends by itself is no conflict', async () => {
  const { custodian, account, clock, wechat, conflicts } = world()
  for (let i = 2; i <= 6; i += 1) {
    const mine = await custodian.token(account)
    assert.ok(mine.ok)
    clock.now += 7200_000 - 6 * 60_000
    wechat.token = `T${i}`
    await custodian.renew(account, mine.token)
  }
  assert.deepEqual(conflicts, [])
})

test('F55: a refusal of WeChat is told with its code and not asked for again within a minute', async () => {
  const { custodian, calls, account, clock } = world({
    answer: () => json({ errcode: 40164, errmsg: 'invalid ip 1.2.3.4' }),
  })
  for (let i = 0; i < 5; i += 1) {
    const result = await custodian.token(account)
    assert.ok(!result.ok && result.cause === 'refused')
    assert.equal(result.code, 40164)
  }
  assert.equal(calls.length, 1)
  clock.now += 60_000
  await custodian.token(account)
  assert.equal(calls.length, 2)
  custodian.forget('acme-oa')
  await custodian.token(account)
  assert.equal(calls.length, 3)
})

test('what is no answer of WeChat is no token', async () => {
  const answers = [
    { sent: 'yes', status: 200, headers: {}, body: Buffer.from('<html>') } as const,
    json({ access_token: '', expires_in: 7200 }),
    json({ access_token: 'T', expires_in: 0 }),
    json({ errcode: -1, errmsg: 'system error' }),
  ]
  for (const answer of answers) {
    const { custodian, account } = world({ answer: () => answer })
    const result = await custodian.token(account)
    assert.ok(!result.ok && result.cause === 'unavailable')
  }
})
