import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ManualClock } from '../clock.ts'
import { EXAMPLE_ACCOUNT_ID, EXAMPLE_FOLLOWER_ID, seedExampleWorld } from '../model/example-world.ts'
import type { World } from '../model/world.ts'
import { startSimulator } from '../simulator.ts'
import { START_MS } from '../testing/fixtures.ts'

const secrets = { appSecret: 'a', token: 'token', encodingAesKey: 'A'.repeat(43), pushUrl: null }

function start(stateFolder: string, nowMs: number, given = secrets) {
  const seed = (world: World) => seedExampleWorld(world, given)
  return startSimulator({ port: 0, stateFolder, seed, clock: new ManualClock(nowMs) })
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-'))
  try {
    await run(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('a second start has the same phones, chats, pictures and windows, and never seeds again', () =>
  inFolder(async (folder) => {
    const first = await start(folder, START_MS)
    const picture = { bytes: Buffer.from('picture'), contentType: 'image/png', extension: 'png', seconds: 0 }
    const { id: mediaId } = first.world.media.add(EXAMPLE_ACCOUNT_ID, 'image', picture)
    first.act(EXAMPLE_ACCOUNT_ID, EXAMPLE_FOLLOWER_ID, { type: 'image', mediaId })
    assert.deepEqual(first.sendFirstMessage('你好'), { sent: false })
    const before = first.world.takeSnapshot()
    await first.close()

    const second = await start(folder, START_MS + 60_000, { ...secrets, token: 'newToken' })
    const follower = second.world.follower(EXAMPLE_ACCOUNT_ID, EXAMPLE_FOLLOWER_ID)
    assert.ok(follower)
    assert.deepEqual(second.world.chat(follower), before.chats[0])
    assert.deepEqual(second.world.takeSnapshot().followers, before.followers)
    assert.equal(second.world.account(EXAMPLE_ACCOUNT_ID)?.settings.token, 'newToken')
    assert.deepEqual(Buffer.from(second.world.media.find(EXAMPLE_ACCOUNT_ID, mediaId)?.bytes ?? []), picture.bytes)
    await second.close()
  }))

test('a file that cannot be read is put aside', () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'world.json'), '{"version":1,"accounts":')
    const simulator = await start(folder, START_MS)
    assert.equal(simulator.world.accounts().length, 1)
    await simulator.close()
    assert.equal(readFileSync(join(folder, 'world.json.unreadable'), 'utf8'), '{"version":1,"accounts":')
  }))
