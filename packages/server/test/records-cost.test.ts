import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createPageMemory } from '../src/channel/compatible/record-pages.ts'
import { type CompatibleQuery, type CompatibleRecords, compatibleRecords } from '../src/channel/compatible/records.ts'
import type { Transaction } from '../src/database/client.ts'
import { startTestApp, type TestApp, type TestOrganization } from './support/app.ts'

// What a page costs is counted in blocks that its statements look at: time would depend on whatever else the machine does.

const few = 10_000
const many = 100_000
const mostOver = 1.5

let server: TestApp
let small: TestOrganization
let large: TestOrganization
before(async () => {
  server = await startTestApp({}, { isDriven: true })
  small = await withMessages(few)
  large = await withMessages(many)
})
after(() => server[Symbol.asyncDispose]())

/** One long day: copies of what five customers wrote, a tenth of a second apart. Hashes are copied, and nobody looks at them. */
async function withMessages(count: number): Promise<TestOrganization> {
  const org = await server.organization()
  for (let at = 0; at < 5; at += 1) await org.write(`o-${at}`, `第 ${at} 位`)
  for (let done = 0; done < count; done += atOnce) await copyMessages(org, done, done + atOnce)
  await server.app.ground.database.withOrganization(org.id, (tx) =>
    tx.query({ text: 'update organization set head = head + $2 where org_id = $1', values: [org.id, count] }),
  )
  return org
}

/** No more than every statement of the server has time for, also on a busy machine. */
const atOnce = 2_000

async function copyMessages(org: TestOrganization, from: number, to: number): Promise<void> {
  await server.app.ground.database.withOrganization(org.id, (tx) =>
    tx.query({
      text: `insert into event (org_id, position, type, v, at, conversation_id, actor, facts, personal, salt, digest, hash)
        select m.org_id, o.head + n, m.type, m.v, m.at + n * interval '100 milliseconds', m.conversation_id, m.actor,
          replace(m.facts::text, m.facts ->> 'messageId', 'ms_copy' || n)::json, m.personal, m.salt, m.digest, m.hash
        from generate_series($2::int + 1, $3::int) as n
        join organization o on o.org_id = $1
        join (select *, row_number() over (order by position) as place from event
            where org_id = $1 and type = 'message.received' and position <= (select head from organization where org_id = $1)) m
          on m.place = n % 5 + 1`,
      values: [org.id, from, to],
    }),
  )
}

type Explained = { Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }[]

/** A transaction that counts the blocks of every statement, and the most of one. */
function counting(tx: Transaction): { tx: Transaction; blocks: { all: number; most: number } } {
  const blocks = { all: 0, most: 0 }
  const query: Transaction['query'] = async (statement) => {
    const { name: _, ...unnamed } = statement
    const explained = await tx.query<{ 'QUERY PLAN': string | Explained }>({
      ...unnamed,
      text: `explain (analyze, buffers, timing off, format json) ${statement.text}`,
    })
    const [row] = explained.rows
    const plan = row?.['QUERY PLAN'] ?? '[]'
    const [top] = typeof plan === 'string' ? (JSON.parse(plan) as Explained) : plan // as EXPLAIN writes it
    const looked = (top?.Plan['Shared Hit Blocks'] ?? 0) + (top?.Plan['Shared Read Blocks'] ?? 0)
    blocks.all += looked
    blocks.most = Math.max(blocks.most, looked)
    return tx.query(statement)
  }
  return { tx: { ...tx, query }, blocks }
}

const pages = createPageMemory()
const mediaOrigin = { recordLink: (_org: string, id: string) => ({ url: id, untilMs: 0 }) }

async function costOf(org: TestOrganization, page: CompatibleQuery['page'], memory = pages) {
  const query: CompatibleQuery = {
    ...{ organizationId: org.id, accountId: org.accountId, fromMs: 0, toMs: 8e14, page },
    workerOf: (agentId) => agentId,
  }
  const reading = { readOnly: true } as const
  return server.app.ground.database.withOrganization(
    org.id,
    async (tx): Promise<{ blocks: { all: number; most: number }; answer: CompatibleRecords }> => {
      const counted = counting(tx)
      const answer = await compatibleRecords(counted.tx, { mediaOrigin, pages: memory }, query)
      return { blocks: counted.blocks, answer }
    },
    reading,
  )
}

function assertAlike(small: { blocks: { all: number } }, large: { blocks: { all: number } }, what: string) {
  const ratio = large.blocks.all / small.blocks.all
  assert.ok(ratio <= mostOver, `${what}: ${large.blocks.all} blocks of ${many}, ${small.blocks.all} of ${few}`)
}

test('a page of getmsglist costs the same at the end of 100,000 messages as of 10,000', async () => {
  for (const share of [0, 0.5, 0.99]) {
    const page = (count: number) => ({ form: 'getmsglist', msgid: Math.floor(count * share) + 1, number: 100 }) as const
    const [ofFew, ofMany] = [await costOf(small, page(few)), await costOf(large, page(many))]
    assert.deepEqual([ofFew.answer.number, ofMany.answer.number], [100, 100])
    assertAlike(ofFew, ofMany, `from ${share} on`)
  }
})

test('the last page of getrecord costs as much as the first for who turns page after page', async () => {
  const last = (count: number) => Math.floor(count / 1000)
  const page = (pageindex: number) => ({ form: 'getrecord', pageindex, pagesize: 1000 }) as const
  for (let at = 1; at < last(few); at += 1) await costOf(small, page(at))
  for (let at = 1; at < last(many); at += 1) await costOf(large, page(at))
  const [ofFew, ofMany] = [await costOf(small, page(last(few))), await costOf(large, page(last(many)))]
  assert.deepEqual([ofFew.answer.number, ofMany.answer.number], [1000, 1000])
  assertAlike(ofFew, ofMany, 'the last page')
})

test('who begins at the last page of 100,000 is counted for in parts, and answered the same', async () => {
  const page = { form: 'getrecord', pageindex: many / 50, pagesize: 50 } as const
  const cold = await costOf(large, page, createPageMemory())
  assert.equal(cold.answer.number, 50)
  assert.ok(cold.blocks.all > 1_000, 'it had to count')
  // A part is 20,000 positions, with some blocks for each line and its conversation.
  assert.ok(cold.blocks.most < 120_000, `${cold.blocks.most} blocks in one statement`)
  const before = await costOf(large, { ...page, pageindex: page.pageindex - 1 })
  const next = await costOf(large, page)
  assert.deepEqual(next.answer, cold.answer)
  assert.ok((before.answer.recordlist.at(-1)?.msgid ?? 0) < (cold.answer.recordlist[0]?.msgid ?? 0))
})
