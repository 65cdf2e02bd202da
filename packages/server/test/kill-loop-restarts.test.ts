// What a restart owes: work that was left is taken up at once, a polite end loses nothing, a database may come and go.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { proofSize } from '../../../test/proof-sizes.ts'
import { openDatabase } from '../src/database/client.ts'
import type { Connection } from '../src/database/connection.ts'
import type { Ground } from './support/kill-ground.ts'
import type { Summary } from './support/kill-invariants.ts'
import { isAnswered } from './support/kill-load.ts'
import { type KillStage, setKillStage, stopWithinMs } from './support/kill-stage.ts'

const seed = Number(process.env.DUOKE_SEED ?? Date.now() % 1_000_000)
const load = { followers: 6, seed }
/** As WeChat has it in life (protocol reference, section 2.1). */
const asInLife = { timeoutMs: 5_000, tries: 3 }
const rolling = Math.max(1, Math.round(proofSize('processKills') / 20))
const databaseKills = Math.max(1, Math.round(proofSize('processKills') * 0.15))

test('F02: killed after a reply, a server takes up answers, pictures and timers at its next start', async (t) => {
  t.diagnostic(`DUOKE_SEED=${seed}`)
  await using stage = await setKillStage({ ground: 'embedded', load })
  holdBack(stage)
  const dying = await stage.start({ at: 'after_reply', after: 25 })
  assert.equal((await dying?.ended)?.signal ?? 'SIGKILL', 'SIGKILL')
  stage.simulator.world.faults.clear()
  // Longer than a session may be idle, so that timers are overdue as well; and longer than WeChat holds a send back: what has
  // left has then arrived, before anything of the next server.
  await wait(heldBackMs + 200)
  const left = await leftWork(stage.ground)
  const server = await stage.start()
  const startedMs = performance.now()
  assert.ok(server !== null)
  for (const kind of kinds) assert.ok(left[kind].length > 0, `no ${kind} was left by the kill`)
  const resumed: Record<string, number> = {}
  await using place = await stage.ground.connect()
  await using database = openDatabase({ connection: place.connection })
  while (Object.keys(resumed).length < kinds.length) {
    const now = await work(database)
    for (const kind of kinds) {
      const isFirstDone = left[kind].some((id) => !now[kind].includes(id))
      if (isFirstDone) resumed[kind] ??= Math.round(performance.now() - startedMs)
    }
    assert.ok(performance.now() - startedMs < 30_000, `taken up: ${JSON.stringify(resumed)} of ${JSON.stringify(left)}`)
    await wait(20)
  }
  t.diagnostic(`the first was done after so many ms: ${JSON.stringify(resumed)}`)
  await stage.check(server)
})

test('F24: on SIGTERM a server ends what it has begun; WeChat reaches its successor by its own retries', async (t) => {
  t.diagnostic(`DUOKE_SEED=${seed}`)
  const quiet = { ...load, withFaults: false }
  await using stage = await setKillStage({ ground: 'embedded', load: quiet, retries: asInLife })
  for (let round = 0; round < rolling; round += 1) await endPolitely(stage)
  assertAllAccepted(await stage.check(await stage.start()))
  for (const writing of stage.load.writings) assert.ok(isAnswered(writing), JSON.stringify(writing.record))
})

test('F24: servers that take turns on one database fail no push at all', async (t) => {
  t.diagnostic(`DUOKE_SEED=${seed}`)
  const quiet = { ...load, withFaults: false }
  await using stage = await setKillStage({ ground: 'separate', load: quiet, retries: asInLife })
  let server = await stage.start()
  const firstTurn = stage.load.writings.length
  for (let round = 0; round < rolling; round += 1) {
    const next = await stage.start()
    assert.ok(server !== null && next !== null)
    const ended = await stage.stop(server)
    assert.deepEqual({ code: ended.code, isInTime: ended.tookMs <= stopWithinMs }, { code: 0, isInTime: true })
    await stage.load.nextAnswer()
    server = next
  }
  assertAllAccepted(await stage.check(server))
  const inTurns = stage.load.writings.slice(firstTurn)
  assert.ok(inTurns.length > 0)
  for (const { record } of inTurns) assert.ok(record.attempts.length === 1, JSON.stringify(record))
})

test('F08: PostgreSQL is killed under load: pushes are refused meanwhile, and taken again once it is back', async (t) => {
  t.diagnostic(`DUOKE_SEED=${seed}, ${databaseKills} kills`)
  await using stage = await setKillStage({ ground: 'own', load })
  const server = await stage.start()
  assert.ok(server !== null)
  const recoveries: number[] = []
  for (let round = 0; round < databaseKills; round += 1) {
    await stage.load.nextAnswer()
    await stage.ground.strikeDatabase()
    await using place = await stage.ground.connect()
    await untilItAnswers(place.connection)
    const late = wait(5_000, null, { ref: false })
    const tookMs = await Promise.race([stage.load.nextAnswer(), late])
    assert.ok(tookMs !== null, `no push is taken 5 s after PostgreSQL is back: ${server.said()}`)
    recoveries.push(Math.round(tookMs))
  }
  const summary = await stage.check(server)
  t.diagnostic(`${JSON.stringify(summary)}; a push is taken so many ms after PostgreSQL is back: ${recoveries}`)
})

const heldBackMs = 3_000

/** WeChat answers nothing but pushes: sends and downloads are under way when the server is killed. */
function holdBack({ simulator }: KillStage): void {
  const slow = { target: 'api', fault: { kind: 'delay', ms: heldBackMs }, account: 'shop', times: 1_000 } as const
  simulator.world.faults.add({ ...slow, path: '/cgi-bin/media/get' })
  simulator.world.faults.add({ ...slow, path: '/cgi-bin/message/custom/send' })
}

/** What was claimed was also sent, and its outcome written, before the server ended. */
function assertAllAccepted({ answers, outcomes }: Summary): void {
  assert.ok(answers > 0)
  assert.deepEqual(outcomes, { accepted: answers })
}

async function endPolitely(stage: KillStage): Promise<void> {
  const server = await stage.start()
  assert.ok(server !== null)
  await stage.load.nextAnswer()
  await wait(300)
  const ended = await stage.stop(server)
  assert.equal(ended.code, 0, server.said())
  assert.ok(ended.tookMs <= stopWithinMs, `it took ${ended.tookMs} ms to end`)
}

const kinds = ['answers', 'pictures', 'timers'] as const
type Work = Readonly<Record<(typeof kinds)[number], readonly string[]>>

async function leftWork(ground: Ground): Promise<Work> {
  await using place = await ground.connect()
  await using database = openDatabase({ connection: place.connection })
  // Awaited here: the database goes with this block.
  return await work(database)
}

/** What is to be done now: rows by their ids, of a timer with its time, since it may be set anew. */
async function work(database: ReturnType<typeof openDatabase>): Promise<Work> {
  const { rows } = await database.withWorker((tx) =>
    tx.query<{ kind: keyof Work; id: string }>({
      text: `select 'answers' as kind, message_id as id from outbox
        union all select 'pictures', media_id from media where state = 'pending'
        union all select 'timers', key || ' ' || due::text from timer where due < clock_timestamp()`,
    }),
  )
  const of = (kind: keyof Work) => rows.filter((row) => row.kind === kind).map(({ id }) => id)
  return { answers: of('answers'), pictures: of('pictures'), timers: of('timers') }
}

async function untilItAnswers(connection: Connection): Promise<void> {
  for (;;) {
    const client = new Client({ ...connection, connectionTimeoutMillis: 2_000 })
    client.on('error', () => {})
    const answers = await client.connect().then(
      () => true,
      () => false,
    )
    await client.end().catch(() => {})
    if (answers) return
    await wait(20)
  }
}
