import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Connection } from './connection.ts'
import { durabilityRefusal } from './durability.ts'
import { startEmbeddedPostgres } from './embedded.ts'
import { DatabaseRefusal } from './refusal.ts'

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'duoke-durability-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

async function refusalOf(settings: Record<string, string>, connectionOptions: Partial<Connection> = {}) {
  await using server = await startEmbeddedPostgres({ dataDir: folder, settings })
  return await durabilityRefusal({ ...server.connection, ...connectionOptions })
}

test('F07 our own server is trusted', async () => {
  assert.equal(await refusalOf({}), undefined)
})

for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
  test(`F07 a server with ${name}=off is refused, and the setting is named`, async () => {
    const refusal = await refusalOf({ [name]: 'off' })
    assert.ok(refusal instanceof DatabaseRefusal)
    assert.equal(refusal.code, 'not_durable')
    assert.match(refusal.message, new RegExp(`${name}=off`))
  })
}

test('F07 a setting that is off for our sessions only is found as well', async () => {
  const refusal = await refusalOf({}, { options: '-c synchronous_commit=off' })
  assert.match(refusal?.message ?? '', /synchronous_commit=off/)
})
