import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { LogUnavailable } from '../src/events/outcome.ts'
import { testDatabase } from './support/database.ts'
import { must, openDesk, readLog, says, startLogServer } from './support/log-stage.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database
const flood = 12_000
const asked = 20

test('T3: an organization that floods its own queues is refused what is too much, and keeps no neighbour waiting', {
  timeout: 120_000,
}, async (t) => {
  await using server = startLogServer({ connection })
  const [noisy, quiet] = [await openDesk(server), await openDesk(server)]
  let [taken, refused, over] = [0, 0, 0]
  const flooding = Array.from({ length: flood }, async (_, at) => {
    try {
      await must(server.log, noisy.org, says(noisy, `o${at % 500}`, `${at}`), {
        lane: at % 3 === 0 ? 'agents' : 'pushes',
      })
      taken += 1
    } catch (error) {
      assert.ok(error instanceof LogUnavailable, String(error))
      refused += 1
    }
    over += 1
  })
  let overBefore = 0
  for (let at = 0; at < asked; at += 1) {
    overBefore = over
    await must(server.log, quiet.org, says(quiet, `o${at}`, `${at}`), { lane: 'pushes' })
  }
  const overAtEnd = over
  await Promise.all(flooding)
  t.diagnostic(
    `${taken} taken, ${refused} refused; ${overAtEnd} of ${flood} were over when the neighbour had its ${asked}`,
  )
  // Each of its twenty waited for its own batch alone: behind the flood, the last would have come when all was over.
  assert.ok(overBefore < flood - 1_000, `${overBefore} of ${flood} were over before the neighbour's last was begun`)
  const said = (await readLog(server.database, quiet.org)).filter(({ type }) => type === 'message.received')
  assert.equal(said.length, asked)
  const kept = (await readLog(server.database, noisy.org)).filter(({ type }) => type === 'message.received')
  assert.ok(refused > 0)
  assert.equal(kept.length, taken, 'what was taken is there, and what was refused is not')
})
