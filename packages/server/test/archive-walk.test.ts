import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { seededRandom } from '@duoke/domain'
import fc from 'fast-check'
import { proofSize } from '../../../test/proof-sizes.ts'
import { digestOf } from '../src/platform/archive/format.ts'
import { openArchive } from '../src/platform/archive/source.ts'
import { vconFaults } from '../src/platform/archive/testing/vcon-schema.ts'
import {
  archivePlaces,
  createShelf,
  exportTo,
  type Form,
  importFrom,
  makeHistory,
  rowsThatStay,
  secretRows,
} from './support/archive-stage.ts'
import { testDatabase } from './support/database.ts'
import { assertSound } from './support/log-invariants.ts'
import { openDesk, startLogServer } from './support/log-stage.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database

/** Each conversation of the archive, with what is wrong with its vCon. */
async function vconsIn(place: string): Promise<[string, string[]][]> {
  const found: [string, string[]][] = []
  for await (const { path, bytes } of (await openArchive(place)).files()) {
    if (path.endsWith('.vcon.json')) found.push([path, vconFaults(JSON.parse(bytes.toString()))])
  }
  return found
}

const someSecret = Buffer.from('secret of').reverse().toString('hex')

test('any organization, exported and imported into an empty installation, is the same and exports to the same hash', async () => {
  using places = archivePlaces()
  const shelf = createShelf()
  await using server = startLogServer({ connection })
  const forms = fc.constantFrom<Form>('folder', 'tar', 'tar.gz')
  const history = fc.record({
    seed: fc.nat(),
    secrets: fc.boolean(),
    steps: fc.integer({ min: 0, max: 120 }),
    first: forms,
    second: forms,
  })
  const property = fc.asyncProperty(history, async ({ seed, steps, secrets, first, second }) => {
    const random = seededRandom(seed)
    const desk = await openDesk(server, { agents: 3, capacity: 2 })
    await makeHistory(server, desk, shelf, random, steps)
    const { org } = desk
    const place = places.next(first)
    const exported = await exportTo(place, first, { connection, org, shelf, secrets })

    await using target = await testDatabase()
    const newShelf = createShelf()
    const imported = await importFrom(place, target.connection, newShelf)
    assert.equal(imported.hash, exported.hash)
    await using again = startLogServer({ connection: target.connection })
    assert.deepEqual(await rowsThatStay(again.database, org), await rowsThatStay(server.database, org))
    const newSecrets = await secretRows(again.database, org)
    if (secrets) assert.deepEqual(newSecrets, await secretRows(server.database, org))
    else
      assert.ok(
        newSecrets.every((row) => !JSON.stringify(row).includes(someSecret)),
        'no secret came along',
      )
    const placeAgain = places.next(second)
    const exportedAgain = await exportTo(placeAgain, second, {
      connection: target.connection,
      org,
      shelf: newShelf,
      secrets,
    })
    assert.equal(exportedAgain.hash, exported.hash)
    for (const [path, faults] of await vconsIn(placeAgain)) assert.deepEqual(faults, [], path)
    if (first === second && first !== 'folder') {
      assert.equal(digestOf(readFileSync(placeAgain)), digestOf(readFileSync(place)), 'byte for byte')
    }
    await assertSound(again.database, org, [again])
  })
  await fc.assert(property, { numRuns: proofSize('archives'), endOnFailure: true })
})
