import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, before, test } from 'node:test'
import { type TestDatabase, testDatabase } from '../../test/support/database.ts'
import { type Database, openDatabase, type Statement, type Transaction, type WritingTransaction } from './client.ts'
import { createGatheringSocket } from './gathering-socket.ts'

const org = 'acme'
let its: TestDatabase
let database: Database

before(async () => {
  its = await testDatabase()
  // One connection: what a failed transaction leaves on it, the next one meets.
  database = openDatabase({ connection: its.connection, poolSizes: { log: 1 } })
})
after(async () => {
  await database?.[Symbol.asyncDispose]()
  await its?.[Symbol.asyncDispose]()
})

const inLog = <T>(work: (tx: WritingTransaction) => Promise<T>) => database.withOrganization(org, work, { pool: 'log' })
const addTeam = (tx: Transaction, id: string) =>
  tx.query({
    name: 'add_team',
    text: `insert into team (org_id, team_id, config) values ($1, $2, '{}')`,
    values: [org, id],
  })
const teams = () =>
  inLog(async (tx) => {
    const { rows } = await tx.query<{ team_id: string }>({ text: 'select team_id from team order by team_id' })
    return rows.map(({ team_id }) => team_id)
  })

test('statements that are not waited for are carried out in the order in which they were asked for', async () => {
  const answers = await inLog((tx) =>
    Promise.all([
      addTeam(tx, 'b'),
      tx.query<{ count: number }>({ text: 'select count(*) as count from team' }),
      addTeam(tx, 'a'),
      tx.query<{ count: number }>({ text: 'select count(*) as count from team' }),
    ]),
  )
  assert.deepEqual([answers[1].rows[0]?.count, answers[3].rows[0]?.count], [1, 2])
  assert.deepEqual(await teams(), ['a', 'b'])
})

test('when one of several statements fails nothing is committed, the error is its own, and the connection is clean', async () => {
  for (let round = 0; round < 3; round += 1) {
    const failed = inLog(async (tx) => {
      const all = [
        addTeam(tx, 'lost'),
        tx.query({ name: 'fails', text: 'select 1 / $1::int', values: [0] }),
        // Prepared behind the failure, so never prepared: the next transaction has to prepare it itself.
        tx.query({ name: 'behind', text: 'select $1::int as one', values: [1] }),
        addTeam(tx, 'lost too'),
      ]
      const settled = await Promise.allSettled(all)
      assert.deepEqual(
        settled.map(({ status }) => status),
        ['fulfilled', 'rejected', 'rejected', 'rejected'],
      )
      await Promise.all(all)
    })
    await assert.rejects(failed, { code: '22012' })
    assert.deepEqual(await teams(), ['a', 'b'])
    const { rows } = await inLog((tx) =>
      tx.query<{ one: number }>({ name: 'behind', text: 'select $1::int as one', values: [1] }),
    )
    assert.deepEqual(rows, [{ one: 1 }])
  }
})

const team = (id: string): Statement => ({
  name: 'add_team',
  text: `insert into team (org_id, team_id, config) values ($1, $2, '{}')`,
  values: [org, id],
})

test('statements that leave with COMMIT are carried out before it, in their order, and with what went before', async () => {
  const remove = { text: `delete from team where org_id = $1 and team_id in ('c', 'd')`, values: [org] }
  await inLog(async (tx) => {
    await addTeam(tx, 'c')
    tx.last([team('d'), remove])
    tx.last([team('d')])
  })
  assert.deepEqual(await teams(), ['a', 'b', 'd'])
  await inLog(async (tx) => tx.last([remove]))
  assert.deepEqual(await teams(), ['a', 'b'])
})

test('when a statement that leaves with COMMIT fails nothing is committed, and the connection is clean', async () => {
  for (let round = 0; round < 3; round += 1) {
    const failed = inLog(async (tx) => {
      await addTeam(tx, 'lost')
      tx.last([team('lost too'), { name: 'fails', text: 'select 1 / $1::int', values: [0] }, team('lost as well')])
    })
    await assert.rejects(failed, { code: '22012' })
    assert.deepEqual(await teams(), ['a', 'b'])
  }
  const thrown = inLog(async (tx) => {
    tx.last([team('thrown')])
    throw new TypeError('ours')
  })
  await assert.rejects(thrown, TypeError)
  assert.deepEqual(await teams(), ['a', 'b'])
})

test('what throws before BEGIN was answered rolls back like everything else', async () => {
  const thrown = inLog(async (tx) => {
    void addTeam(tx, 'thrown').catch(() => {})
    throw new TypeError('ours')
  })
  await assert.rejects(thrown, TypeError)
  assert.deepEqual(await teams(), ['a', 'b'])
})

test('a BEGIN that is refused says why, and nothing of the work is done', async () => {
  const reading = database.withOrganization(org, (tx) => addTeam(tx, 'never'), { readOnly: true })
  await assert.rejects(reading, { code: '25006' })
  assert.deepEqual(await teams(), ['a', 'b'])
})

test('what is written in one turn arrives in order and together, whoever corks in between', async () => {
  const chunks: Buffer[] = []
  const server = createServer((peer) => peer.on('data', (chunk: Buffer) => chunks.push(chunk))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = createGatheringSocket()
  const address = server.address()
  socket.connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1')
  await once(socket, 'connect')
  for (let turn = 0; turn < 3; turn += 1) {
    socket.write(`${turn}a`)
    socket.cork()
    socket.write(Buffer.from(`${turn}b`), () => {})
    socket.uncork()
    assert.equal(socket.writableCorked, 1, 'still held back')
    await Promise.resolve()
    socket.write(`${turn}c`, 'utf8')
    await new Promise((done) => setTimeout(done, 30))
    assert.equal(socket.writableCorked, 0)
  }
  socket.end()
  await once(socket, 'close')
  server.close()
  assert.deepEqual(chunks.map(String), ['0a0b0c', '1a1b1c', '2a2b2c'])
})

test('a value that the driver cannot write stops the commit: nothing of the transaction is there, and the connection is clean', async () => {
  const before = await teams()
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  for (const value of [circular, [1, { of: 'a row' }], Symbol('one'), () => 1]) {
    const written = inLog(async (tx) => {
      const text = `insert into team (org_id, team_id, config) values ($1, $2, '{}')`
      tx.last([
        { text, values: [org, 'half'] },
        { name: 'foreign', text, values: [org, value] },
      ])
    })
    await assert.rejects(written, /foreign has a value that the driver may not be able to write/)
  }
  assert.deepEqual(await teams(), before)
})
