// Ids that only one organization of an installation may have.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Transaction } from '../src/database/client.ts'
import { type Json, startTestApp, type TestApp } from './support/app.ts'
import { documentOf, unique } from './support/configuration-documents.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

async function apply(document: Json): Promise<void> {
  const applied = await server.app.operator.apply(document)
  assert.ok(applied.ok, applied.ok ? '' : `${applied.sentence} ${applied.details.join(' ')}`)
}
const detailsOf = async (document: Json) => {
  const applied = await server.app.operator.apply(document)
  assert.ok(!applied.ok, 'the document was applied')
  return applied.details.join('\n') || applied.sentence
}

test('T7: an account of another organization is refused, also when both come at once', async () => {
  const first = documentOf()
  await apply(first)
  const thief = { ...documentOf(), accounts: [{ ...first.accounts[0] }] }
  assert.match(await detailsOf(thief), /belongs to another organization/)
  const sameAppId = documentOf()
  sameAppId.accounts[0].appId = first.accounts[0].appId
  assert.match(await detailsOf(sameAppId), /belongs to another organization/)
  const shared = documentOf().accounts
  const racing = [documentOf(), documentOf()].map((document) => ({ ...document, accounts: shared }))
  const outcomes = await Promise.all(racing.map((document) => server.app.operator.apply(document)))
  assert.equal(outcomes.filter(({ ok }) => ok).length, 1)
})

test('T7: an account and an app of two organizations never get one appId, whoever of them is first', async () => {
  for (const first of ['account', 'app'] as const) {
    const [owner, other] = [documentOf(), documentOf()]
    await apply(owner)
    await apply(other)
    const appId = `wx${unique()}`
    const { database } = server.app.ground
    const giveTo = (kind: 'account' | 'app', { organization: { id }, accounts: [{ id: account }] }: Json) => ({
      org: id,
      text:
        kind === 'account'
          ? 'update account set app_id = $1 where account_id = $2'
          : "insert into app_attachment (org_id, app_id, account_id, wechat_app_id) values (current_setting('duoke.org'), 'crm', $2, $1)",
      values: [appId, account],
    })
    const [one, two] = [giveTo(first, owner), giveTo(first === 'account' ? 'app' : 'account', other)]
    let second: Promise<unknown> = Promise.resolve()
    await database.withOrganization(one.org, async (tx) => {
      await tx.query(one)
      second = database
        .withOrganization(two.org, (also) => also.query(two))
        .then(
          () => 'taken too',
          (error: { code: string }) => error.code,
        )
      await untilSomebodyWaits(tx)
    })
    assert.equal(await second, '23505', `${first} first`)
  }
})

test('T7: of an account and an app that two organizations give one appId at the same instant, one is told', async () => {
  for (let round = 0; round < 10; round += 1) {
    const [owner, other] = [documentOf(), documentOf()]
    await apply(other)
    other.apps[0].accounts = [
      { account: other.accounts[0].id, appId: owner.accounts[0].appId, appSecret: 's'.repeat(32), role: 'observer' },
    ]
    const applied = await Promise.all([owner, other].map((document) => server.app.operator.apply(document)))
    assert.equal(applied.filter(({ ok }) => ok).length, 1)
    const [refused] = applied.filter(({ ok }) => !ok)
    assert.match(JSON.stringify(refused), new RegExp(owner.accounts[0].appId))
  }
})

/** The other transaction has come to the lock that this one holds. */
async function untilSomebodyWaits(tx: Transaction): Promise<void> {
  for (const endMs = performance.now() + 30_000; performance.now() < endMs; ) {
    const { rows } = await tx.query({ text: `select 1 from pg_locks where locktype = 'advisory' and not granted` })
    if (rows.length > 0) return
  }
  assert.fail('nobody waits: both may have it')
}
