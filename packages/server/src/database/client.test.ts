import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { startCutProxy } from '../../test/support/cut-proxy.ts'
import { type TestDatabase, testDatabase } from '../../test/support/database.ts'
import { type Database, openDatabase, type Transaction } from './client.ts'

const org = 'acme'
let its: TestDatabase
let database: Database

before(async () => {
  its = await testDatabase()
  database = openDatabase({ connection: its.connection })
  await database.withWorker((tx) =>
    tx.query({
      text: `insert into organization (org_id, name, time_zone, epoch) values ($1, $1, 'UTC', 'e')`,
      values: [org],
    }),
  )
})
after(async () => {
  await database?.[Symbol.asyncDispose]()
  await its?.[Symbol.asyncDispose]()
})

async function addTeam(tx: Transaction, id: string): Promise<void> {
  await tx.query({ text: `insert into team (org_id, team_id, config) values ($1, $2, '{}')`, values: [org, id] })
}

async function teams(): Promise<string[]> {
  const { rows } = await database.withOrganization(org, (tx) =>
    tx.query<{ team_id: string }>({ text: 'select team_id from team order by team_id' }),
  )
  return rows.map(({ team_id }) => team_id)
}

/** As an operator, or a restart, ends sessions. */
async function terminate(which: string): Promise<void> {
  const client = new pg.Client(its.connection)
  await client.connect()
  const { rowCount } = await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and ${which}`,
  )
  await client.end()
  assert.ok(rowCount !== null && rowCount > 0)
}

async function secondsOf(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work.catch(() => {})
  return (performance.now() - startedAt) / 1000
}

describe('a transaction', () => {
  test('that throws leaves nothing behind', async () => {
    const refused = database.withOrganization(org, async (tx) => {
      await addTeam(tx, 'undone')
      throw new Error('changed my mind')
    })
    await assert.rejects(refused, /changed my mind/)
    assert.ok(!(await teams()).includes('undone'))
  })

  test('never passes for committed when one of its statements had failed', async () => {
    const hidden = database.withOrganization(org, async (tx) => {
      await addTeam(tx, 'hidden')
      await tx.query({ text: 'select 1 / 0' }).catch(() => {})
    })
    await assert.rejects(hidden, /nothing was committed/)
    assert.ok(!(await teams()).includes('hidden'))
  })

  test('may read only, and may see one moment throughout', async () => {
    const writing = database.withOrganization(org, (tx) => addTeam(tx, 'never'), { readOnly: true })
    await assert.rejects(writing, { code: '25006' })
    await database.withOrganization(
      org,
      async (tx) => {
        const count = async () => (await tx.query({ text: 'select team_id from team' })).rowCount
        const before = await count()
        await database.withOrganization(org, (other) => addTeam(other, 'later'))
        assert.equal(await count(), before)
      },
      { readOnly: true, isolation: 'repeatable read' },
    )
  })

  test('names its organization whatever the name contains', async () => {
    const odd = `o'; drop table team; --\\`
    const { rows } = await database.withOrganization(odd, (tx) =>
      tx.query<{ org: string }>({ text: `select current_setting('duoke.org') as org` }),
    )
    assert.deepEqual(rows, [{ org: odd }])
  })

  test('T1 leaves no organization behind on its connection', async () => {
    const one = openDatabase({ connection: its.connection, poolSizes: { worker: 1, read: 1 } })
    await using _ = one
    await one.withOrganization(org, (tx) => tx.query({ text: 'select 1' }))
    const { rows } = await one.withWorker((tx) =>
      tx.query<{ org: string | null; role: string }>({
        text: `select nullif(current_setting('duoke.org', true), '') as org, current_user as role`,
      }),
    )
    assert.deepEqual(rows, [{ org: null, role: 'duoke_worker' }])
  })

  test('T1 stays in its role after RESET ROLE', async () => {
    const roles = await database.withOrganization(org, async (tx) => {
      await tx.query({ text: 'reset role' })
      return (await tx.query<{ role: string }>({ text: 'select current_user as role' })).rows
    })
    assert.deepEqual(roles, [{ role: 'duoke_app' }])
  })

  test('F12 that crosses another is tried again, and nobody sees a deadlock', async () => {
    await database.withOrganization(org, (tx) => addTeam(tx, 'x'))
    await database.withOrganization(org, (tx) => addTeam(tx, 'y'))
    let runs = 0
    const count = async (tx: Transaction, id: string) => {
      const text = `update team set config = json_build_object('n', coalesce((config->>'n')::int, 0) + 1) where team_id = $1`
      await tx.query({ text, values: [id] })
    }
    const cross = (first: string, second: string) =>
      database.withOrganization(org, async (tx) => {
        runs += 1
        await count(tx, first)
        await sleep(5)
        await count(tx, second)
      })
    const rounds = proofSize('crossingTransactions')
    for (let round = 0; round < rounds; round += 1) await Promise.all([cross('x', 'y'), cross('y', 'x')])
    assert.ok(runs > 2 * rounds, 'not one deadlock came about')
    const { rows } = await database.withOrganization(org, (tx) =>
      tx.query<{ n: number }>({ text: `select (config->>'n')::int as n from team where team_id in ('x', 'y')` }),
    )
    assert.deepEqual(rows, [{ n: 2 * rounds }, { n: 2 * rounds }])
  })
})

describe('a database in trouble', () => {
  test('F10 is given up after two seconds when a statement does not end', async () => {
    const slow = database.withOrganization(org, (tx) => tx.query({ text: 'select pg_sleep(10)' }))
    const seconds = await secondsOf(slow)
    await assert.rejects(slow, { code: '57014' })
    assert.ok(seconds < 2.5, `${seconds} s`)
  })

  test('F10 is given up before WeChat does when it says nothing at all', async () => {
    await using proxy = await startCutProxy(its.connection)
    await using silent = openDatabase({ connection: proxy.connection })
    await silent.withOrganization(org, (tx) => tx.query({ text: 'select 1' }))
    proxy.fallSilent()
    const asking = silent.withOrganization(org, (tx) => tx.query({ text: 'select 1' }))
    const seconds = await secondsOf(asking)
    await assert.rejects(asking, { code: '08006' })
    assert.ok(seconds < 2.6, `${seconds} s`)
  })

  test('F11 keeps connections for the log while every reader hangs', async () => {
    const hung = Array.from({ length: 30 }, () =>
      database.withOrganization(org, (tx) => tx.query({ text: 'select pg_sleep(1)' })).catch(() => {}),
    )
    const seconds = await secondsOf(
      database.withOrganization(org, (tx) => tx.query({ text: 'select 1' }), { pool: 'log' }),
    )
    assert.ok(seconds < 0.5, `${seconds} s`)
    await Promise.all(hung)
  })

  test('F11 says so when every connection is in use', async () => {
    await using small = openDatabase({ connection: its.connection, poolSizes: { read: 1 }, readTimeoutMs: 5_000 })
    const hung = small.withOrganization(org, (tx) => tx.query({ text: 'select pg_sleep(2.5)' }))
    await assert.rejects(
      small.withOrganization(org, (tx) => tx.query({ text: 'select 1' })),
      { code: '53300' },
    )
    await hung
  })

  test('F08 that ended our idle connections is asked again without an error', async () => {
    await Promise.all([teams(), teams(), teams()])
    await terminate(`application_name = 'duoke read'`)
    assert.ok((await teams()).length > 0)
  })

  test('F08 that ends a connection in use says that nothing was committed, and the process lives', async () => {
    const ended = database.withOrganization(org, async (tx) => {
      await addTeam(tx, 'cut-off')
      const { rows } = await tx.query<{ pid: number }>({ text: 'select pg_backend_pid() as pid' })
      await terminate(`pid = ${rows[0]?.pid}`)
      await tx.query({ text: 'select 1' })
    })
    await assert.rejects(ended, { code: '08006' })
    assert.ok(!(await teams()).includes('cut-off'))
  })

  test('F08 whose line is cut during a commit says that only the retry key can tell', async () => {
    await using proxy = await startCutProxy(its.connection)
    await using cut = openDatabase({ connection: proxy.connection })
    proxy.cutAfter('commit')
    await assert.rejects(
      cut.withOrganization(org, (tx) => addTeam(tx, 'perhaps')),
      { code: '08007' },
    )
    assert.deepEqual(await cut.withOrganization(org, async () => 'works again'), 'works again')
  })
})
