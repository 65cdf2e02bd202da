import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyOrganization } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import type { Head } from './append.ts'
import { createFoldedState, type Replica } from './folded-state.ts'

const tx: Transaction = { query: async () => ({ rows: [], rowCount: 0 }) }
const headAt = (head: number, epoch = 'e1'): Head => ({ head, epoch, chain: new Uint8Array(32), databaseMs: 0 })

/** Says what is asked of it; `catchUp` goes one event, then fails when told to. */
function replica() {
  const asked: string[] = []
  const how = { fails: false }
  const port: Replica = {
    async load(_tx, _org, head) {
      asked.push(`load ${head}`)
      return { ...emptyOrganization(), position: head }
    },
    async catchUp(_tx, _org, state, head) {
      asked.push(`catch up ${state.position}-${head}`)
      state.position += 1
      if (how.fails) throw new Error('the line was cut')
      state.position = head
      return head * 1000
    },
    warm: async () => {},
    trim: () => asked.push('trim'),
  }
  return { asked, how, port }
}

async function settledAt(folded: ReturnType<typeof createFoldedState>, head: number, epoch?: string) {
  const found = await folded.atHead(tx, headAt(head, epoch))
  folded.committed(0)
  return found
}

test('a state is read once and then kept in step; nobody sees it while a batch is being made', async () => {
  const { asked, port } = replica()
  const folded = createFoldedState('org', port)
  assert.equal(folded.current(), null)
  const { state } = await folded.atHead(tx, headAt(4))
  assert.equal(folded.current(), null)
  folded.committed(9)
  assert.equal(folded.current(), state)
  await settledAt(folded, 4)
  const { lastAtMs } = await settledAt(folded, 6)
  assert.equal(lastAtMs, 6000)
  assert.deepEqual(asked, ['load 4', 'trim', 'trim', 'catch up 4-6', 'trim'])
})

test('a state that ran ahead of the log and was never committed is read anew, also when the transaction runs again', async () => {
  const { asked, port } = replica()
  const folded = createFoldedState('org', port)
  await folded.atHead(tx, headAt(4))
  await folded.atHead(tx, headAt(4))
  folded.discard()
  folded.committed(0)
  assert.equal(folded.current(), null)
  await settledAt(folded, 4)
  assert.deepEqual(asked, ['load 4', 'load 4', 'load 4', 'trim'])
})

test('a state that was caught up by half is not believed', async () => {
  const { asked, how, port } = replica()
  const folded = createFoldedState('org', port)
  await settledAt(folded, 4)
  how.fails = true
  await assert.rejects(folded.atHead(tx, headAt(8)))
  how.fails = false
  assert.equal((await settledAt(folded, 8)).state.position, 8)
  assert.deepEqual(asked, ['load 4', 'trim', 'catch up 4-8', 'load 8', 'trim'])
})

test('F25: another epoch, an earlier head or a head far ahead is read from the rows', async () => {
  const { asked, port } = replica()
  const folded = createFoldedState('org', port)
  await settledAt(folded, 4)
  await settledAt(folded, 4, 'e2')
  await settledAt(folded, 3, 'e2')
  await settledAt(folded, 5004, 'e2')
  assert.deepEqual(
    asked.filter((one) => one !== 'trim'),
    ['load 4', 'load 4', 'load 3', 'load 5004'],
  )
})
