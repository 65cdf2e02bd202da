import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { emptyTestDatabase, type TestDatabase, testDatabase } from '../../test/support/database.ts'
import { startTestServer } from '../../test/support/test-server.ts'
import { type Database, openDatabase } from './client.ts'
import type { Connection } from './connection.ts'
import { migrate, readMigrations } from './migrate.ts'

let its: TestDatabase
let database: Database
before(async () => {
  its = await testDatabase()
  database = openDatabase({ connection: its.connection })
})
after(async () => {
  await database[Symbol.asyncDispose]()
  await its[Symbol.asyncDispose]()
})

/** Everything that matters of a schema, as text: columns, indexes, policies, privileges, functions. */
async function schemaOf(connection: Connection): Promise<string> {
  const client = new Client(connection)
  await client.connect()
  const { rows } = await client.query(`
    select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) as line from information_schema.columns where table_schema = 'public'
    union all select indexdef from pg_indexes where schemaname = 'public'
    union all select concat_ws(' ', tablename, policyname, roles::text, cmd, qual, with_check) from pg_policies
    union all select concat_ws(' ', grantee, table_name, privilege_type) from information_schema.role_table_grants where grantee like 'duoke_%'
    union all select prosrc from pg_proc where pronamespace = 'public'::regnamespace
    order by 1`)
  await client.end()
  return rows.map(({ line }) => line).join('\n')
}

test('F22 several databases of one server are migrated at the same time, roles and all', async () => {
  await using server = await startTestServer()
  const names = ['one', 'two', 'three']
  const client = new Client(server.connection)
  await client.connect()
  for (const name of names) await client.query(`create database ${name} template template0`)
  await client.end()
  const steps = await Promise.all(names.map((name) => migrate({ ...server.connection, database: name })))
  assert.deepEqual(
    steps,
    names.map(() => readMigrations().length),
  )
})

test('F22 a migrator that is cut off at any moment is finished by the next', async () => {
  await using fresh = await emptyTestDatabase()
  const killer = new Client(fresh.connection)
  await killer.connect()
  for (let round = 0; round < 8; round += 1) {
    const cutOff = migrate(fresh.connection).catch(() => {})
    await sleep(round * 7)
    await killer.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'duoke migrate' and datname = current_database()`,
    )
    await cutOff
  }
  await killer.end()
  await migrate(fresh.connection)
  assert.equal(await schemaOf(fresh.connection), await schemaOf(its.connection))
})

test('a step that fails leaves nothing of itself, and the steps before it stay', async () => {
  await using fresh = await emptyTestDatabase()
  const step = (version: number, sql: string) => ({
    version,
    name: `00${version}-t.sql`,
    sql,
    checksum: sql,
    readableFrom: version,
  })
  const first = step(1, 'create table a (x int)')
  await assert.rejects(migrate(fresh.connection, [first, step(2, 'create table b (x int); select 1 / 0')]), {
    code: '22012',
  })
  assert.equal(await migrate(fresh.connection, [first, step(2, 'create table b (x int)')]), 1)
})

test('F23 the version before still starts on a schema to which only something was added', async () => {
  await using fresh = await emptyTestDatabase()
  const known = readMigrations()
  const version = (known.at(-1)?.version ?? 0) + 1
  const added = { version, name: 'added.sql', sql: 'create table added (x int)', checksum: 'x', readableFrom: 1 }
  await migrate(fresh.connection, [...known, added])
  assert.equal(await migrate(fresh.connection, known), 0)
})

test('F22 several migrators at once leave one schema and the second run does nothing', async () => {
  const counts = await Promise.all(Array.from({ length: 4 }, () => migrate(its.connection)))
  assert.deepEqual(counts, [0, 0, 0, 0])
})

test('F23 a schema of a newer Duoke is refused by name', async () => {
  await using fresh = await emptyTestDatabase()
  const known = readMigrations()
  const version = (known.at(-1)?.version ?? 0) + 1
  const changing = { version, name: 'changing.sql', sql: 'drop table timer', checksum: 'x', readableFrom: version }
  await migrate(fresh.connection, [...known, changing])
  await assert.rejects(migrate(fresh.connection, known), { code: 'schema_newer' })
})

test('a published step that was edited is refused', async () => {
  const edited = readMigrations().map((one, index) => (index === 0 ? { ...one, checksum: '0' } : one))
  await assert.rejects(migrate(its.connection, edited), { code: 'schema_changed' })
})

test('T1 every table with an organization is locked by row, for its owner too', async () => {
  const client = new Client(its.connection)
  await client.connect()
  const { rows } = await client.query(
    `select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not (c.relrowsecurity and c.relforcerowsecurity)`,
  )
  await client.end()
  assert.deepEqual(rows, [])
})

test('no index holds what each message changes in the row of its conversation', async () => {
  const client = new Client(its.connection)
  await client.connect()
  const { rows } = await client.query<{ index: string; definition: string }>(
    `select indexname as index, indexdef as definition from pg_indexes where tablename = 'conversation'`,
  )
  await client.end()
  assert.ok(rows.length >= 4)
  const changing = /\b(last_at|last_position|last_message|unread|state)\b/
  assert.deepEqual(
    rows.filter(({ definition }) => changing.test(definition)),
    [],
  )
})

test('T1 without any filter a statement sees and writes its own organization only', async () => {
  for (const org of ['t1-a', 't1-b']) {
    await database.withWorker((tx) =>
      tx.query({
        text: `insert into organization (org_id, name, time_zone, epoch) values ($1, $1, 'UTC', 'e')`,
        values: [org],
      }),
    )
    await database.withOrganization(org, (tx) =>
      tx.query({ text: `insert into team (org_id, team_id, config) values ($1, 'one', '{}')`, values: [org] }),
    )
  }
  const seen = await database.withOrganization('t1-a', (tx) =>
    tx.query<{ org_id: string }>({ text: 'select org_id from team' }),
  )
  assert.deepEqual(seen.rows, [{ org_id: 't1-a' }])
  const changed = await database.withOrganization('t1-a', (tx) =>
    tx.query({ text: `update team set config = '{"x":1}' where org_id = 't1-b'` }),
  )
  assert.equal(changed.rowCount, 0)
  await assert.rejects(
    database.withOrganization('t1-a', (tx) =>
      tx.query({ text: `insert into team (org_id, team_id, config) values ('t1-b', 'two', '{}')` }),
    ),
    /row-level security/,
  )
})

test('T1 row-level security holds although the login is a superuser', async () => {
  await using server = await startTestServer()
  const connection = server.administrator
  await migrate(connection)
  await using asSuperuser = openDatabase({ connection })
  for (const org of ['t1-a', 't1-b']) {
    await asSuperuser.withOrganization(org, (tx) =>
      tx.query({ text: `insert into team (org_id, team_id, config) values ($1, 'one', '{}')`, values: [org] }),
    )
  }
  const { rows } = await asSuperuser.withOrganization('t1-a', (tx) =>
    tx.query({ text: `select org_id, current_setting('is_superuser') as superuser from team` }),
  )
  assert.deepEqual(rows, [{ org_id: 't1-a', superuser: 'off' }])
  const all = await asSuperuser.withWorker((tx) => tx.query({ text: 'select org_id from team' }))
  assert.equal(all.rowCount, 2)
})

test('I-4 the role of the server can neither change nor delete an event', async () => {
  await assert.rejects(
    database.withOrganization('t1-a', (tx) => tx.query({ text: `update event set facts = '{}'` })),
    /permission denied/,
  )
  await assert.rejects(
    database.withOrganization('t1-a', (tx) => tx.query({ text: 'delete from event' })),
    /permission denied/,
  )
})

test('timestamps come as epoch milliseconds and json as its own text', async () => {
  const { rows } = await database.withOrganization('t1-a', (tx) =>
    tx.query<{ at: number; big: number; doc: string }>({
      text: `select to_timestamp(1700000000.123) as at, 9007199254740991::bigint as big, '{"b": 1,  "a":"\\u0000"}'::json as doc`,
    }),
  )
  assert.deepEqual(rows, [{ at: 1_700_000_000_123, big: 9_007_199_254_740_991, doc: '{"b": 1,  "a":"\\u0000"}' }])
})

/** Rows as the follower writes them: words are numbers here, and the part of the log stands before them. */
async function keepMessages(rows: readonly (readonly [org: string, position: number, id: string, words: number[]])[]) {
  const keys = rows.map(([, position, , words]) => {
    const part = (Math.floor(position / 8192) % 8192) * 2 ** 40
    return `{${words.map((word) => part + word).join()}}`
  })
  await database.withWorker((tx) =>
    tx.query({
      text: `insert into search_message (org_id, build, position, conversation_id, keys)
        select u.org, 0, u.position, u.id, u.keys::bigint[]
        from unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) as u(org, position, id, keys)`,
      values: [rows.map(([org]) => org), rows.map(([, position]) => position), rows.map(([, , id]) => id), keys],
    }),
  )
}

async function search(org: string, words: number[], most: number): Promise<string[]> {
  const text = 'select conversation_id from search_conversations($1::bigint[], $2)'
  const { rows } = await database.withOrganization(org, (tx) =>
    tx.query<{ conversation_id: string }>({ text, values: [words, most] }),
  )
  return rows.map(({ conversation_id }) => conversation_id)
}

test('T5 a search finds, newest first, the conversations of its own organization with all words in one message', async () => {
  const [refund, parcel, nothing] = [11, 12, 13]
  await keepMessages([
    ['t1-a', 10, 'cv_1', [refund, parcel]],
    ['t1-a', 20, 'cv_3', [refund, parcel, 14]],
    ['t1-a', 25, 'cv_2', [parcel]],
    ['t1-a', 30, 'cv_2', [refund]],
    // After 8192 parts the numbers begin anew: this message has a key that one of the first part could have.
    ['t1-a', 8192 * 8192 + 30, 'cv_4', [nothing + 1]],
    ['t1-b', 40, 'cv_9', [refund, parcel, nothing]],
    ['t1-b', 8192 * 8192 + 31, 'cv_9', [refund, parcel]],
  ])
  assert.deepEqual(await search('t1-a', [refund], 10), ['cv_2', 'cv_3', 'cv_1'])
  assert.deepEqual(await search('t1-a', [refund, parcel], 10), ['cv_3', 'cv_1'])
  assert.deepEqual(await search('t1-a', [refund, parcel, refund], 1), ['cv_3'])
  assert.deepEqual(await search('t1-a', [nothing + 1], 10), ['cv_4', 'cv_3'])
  assert.deepEqual(await search('t1-a', [refund, nothing], 10), [])
  assert.deepEqual(await search('t1-a', [], 10), [])
  assert.deepEqual(await search('t1-b', [refund], 10), ['cv_9'])
  assert.deepEqual(await search('nobody', [refund], 10), [])
})

test('T1 a search reads the index of words, as an owner whom row-level security binds, however much others wrote', async () => {
  const [common, rare] = [21, 22]
  const rows = (org: string, from: number, count: number) =>
    Array.from({ length: count }, (_, at): [string, number, string, number[]] => {
      const position = from + at
      return [org, position, `cv_${position % 3000}`, position % 10_000 === 5 ? [common, rare] : [common, 1000 + at]]
    })
  for (const org of ['t1-c', 't1-d']) await keepMessages(rows(org, 1, 40_000))
  await database.withWorker((tx) =>
    tx.query({ text: `delete from search_message where org_id = 't1-d' and position = 5` }),
  )
  const timed = async (words: number[]) => {
    const startMs = performance.now()
    const found = await search('t1-c', words, 1000)
    return { found, tookMs: performance.now() - startMs }
  }
  await timed([common])
  const [many, few] = [await timed([common]), await timed([common, rare])]
  assert.equal(new Set(many.found).size, 1000, 'no conversation twice')
  assert.deepEqual(many.found.slice(0, 2), ['cv_1000', 'cv_999'], 'newest first')
  assert.deepEqual(few.found, ['cv_5', 'cv_2005', 'cv_1005'])
  assert.ok(many.tookMs < 400 && few.tookMs < 400, `${many.tookMs} and ${few.tookMs} ms`)
  assert.match(await planOfKeys(), /Bitmap Index Scan on search_message_keys/)
})

/** The plan of the function's own statement, as its owner: the tests' user, whom nothing exempts from row-level security. */
async function planOfKeys(): Promise<string> {
  const client = new Client(its.connection)
  await client.connect()
  try {
    await client.query('analyze search_message')
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain select m.conversation_id from search_message m
        where m.org_id || '' = 't1-c' and m.build + 0 = 0 and m.position + 0 between 0 and 8191 and m.keys && '{22}'::bigint[]`,
    )
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  } finally {
    await client.end()
  }
}
