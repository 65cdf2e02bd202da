// Real processes, killed. On Linux, where every process can be seen; the rest of the embedded server is in
// embedded.test.ts.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { EmbeddedHolder, processes } from '../../test/support/embedded-holder.ts'
import { startEmbeddedPostgres } from './embedded.ts'

function temporaryFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'duoke-kills-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

async function lastRow(dataDir: string): Promise<{ last: number; rows: number }> {
  await using server = await startEmbeddedPostgres({ dataDir })
  const client = new Client(server.connection)
  await client.connect()
  try {
    const made = await client.query(`SELECT to_regclass('acknowledged') IS NOT NULL AS made`)
    if (!made.rows[0].made) return { last: 0, rows: 0 }
    const counted = await client.query(
      'SELECT coalesce(max(number), 0)::int AS last, count(*)::int AS rows FROM acknowledged',
    )
    return counted.rows[0]
  } finally {
    await client.end()
  }
}

/** What is killed, and when: a third during the open. */
const kills = {
  'the parent while it opens': async (holder: EmbeddedHolder, moment: number) => {
    await holder.says('opening')
    await sleep(moment * 100)
    holder.kill()
  },
  'the parent': async (holder: EmbeddedHolder, moment: number) => {
    await holder.says('committed')
    await sleep(moment * 50)
    holder.kill()
  },
  'the server': async (holder: EmbeddedHolder, moment: number) => {
    const pid = await holder.serverPid()
    await holder.says('committed')
    await sleep(moment * 50)
    process.kill(pid, 'SIGKILL')
  },
  'both while they open': async (holder: EmbeddedHolder, moment: number) => {
    await holder.says('opening')
    await sleep(moment * 100)
    holder.kill()
    for (const { pid } of ofHolder(holder)) kill(pid)
  },
  both: async (holder: EmbeddedHolder, moment: number) => {
    const pid = await holder.serverPid()
    await holder.says('committed')
    await sleep(moment * 50)
    holder.kill()
    kill(pid)
  },
  'the parent and its watcher, so that the server is left behind': async (holder: EmbeddedHolder) => {
    const server = await holder.serverPid()
    await holder.says('committed')
    leaveServerBehind(holder, server)
    assert.ok(isAlive(server))
  },
}

function leaveServerBehind(holder: EmbeddedHolder, server: number): void {
  const all = processes()
  const shell = all.find(({ pid }) => pid === server)?.parent
  const watchers = all.filter(({ pid, parent }) => parent === shell && pid !== server)
  assert.ok(shell !== undefined && watchers.length === 1)
  for (const { pid } of watchers) kill(pid)
  kill(shell)
  holder.kill()
}

/** The processes that the holder started, and those that they started. */
function ofHolder(holder: EmbeddedHolder): { pid: number }[] {
  const all = processes()
  const family = new Set([holder.pid])
  for (const { pid, parent } of all.toSorted((one, other) => one.pid - other.pid))
    if (family.has(parent)) family.add(pid)
  return all.filter(({ pid }) => family.has(pid) && pid !== holder.pid)
}

function kill(pid: number): void {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('the embedded PostgreSQL, when processes are killed', () => {
  test('F04 opens again after every kill, with every row it acknowledged', async (t) => {
    using folder = temporaryFolder()
    const ways = Object.entries(kills)
    const rounds = Math.max(ways.length, proofSize('databaseKills'))
    const seed = Number(process.env['DUOKE_SEED'] ?? Date.now() % 1_000_000)
    t.diagnostic(`seed ${seed}, ${rounds} kills`)
    let acknowledged = 0
    for (let round = 0; round < rounds; round += 1) {
      const [way, strike] = ways[round % ways.length] ?? assert.fail()
      const holder = new EmbeddedHolder(folder.path)
      await strike(holder, momentOf(seed, round))
      await holder.ended // When the server alone was killed, by the error on its connection.
      acknowledged = Math.max(acknowledged, holder.lastCommitted())
      const { last, rows } = await lastRow(folder.path)
      assert.ok(last >= acknowledged, `after killing ${way}: ${last} of ${acknowledged} acknowledged rows are there`)
      assert.equal(rows, last, `after killing ${way}: no row is missing between`)
    }
    assert.ok(acknowledged > 0)
  })

  test('ends its server by itself when it is killed', async () => {
    using folder = temporaryFolder()
    const holder = new EmbeddedHolder(folder.path)
    const server = await holder.serverPid()
    holder.kill()
    await holder.ended
    const deadline = performance.now() + 10_000
    while (isAlive(server) && performance.now() < deadline) await sleep(20)
    assert.equal(isAlive(server), false)
  })

  test('F05 lets exactly one of two starts at the same instant have the folder', async () => {
    for (let round = 0; round < Math.max(2, proofSize('doubleStarts')); round += 1) {
      using folder = temporaryFolder()
      await using one = new EmbeddedHolder(folder.path)
      await using other = new EmbeddedHolder(folder.path)
      const loser = await Promise.race(
        [one, other].map(async (holder) => ((await holder.says('refused')) ? holder : never())),
      )
      assert.equal(await loser.says('refused'), 'refused data_in_use')
      assert.equal(await loser.ended, 1)
      const winner = loser === one ? other : one
      await winner.says('committed')
      const before = winner.lastCommitted()
      assert.ok(before > 0)
      while (winner.lastCommitted() < before + 5) await sleep(5)
    }
  })
})

function never(): Promise<never> {
  return new Promise(() => {})
}

/** Between 0 and 1, drawn by the seed: the same seed strikes at the same moments. */
function momentOf(seed: number, round: number): number {
  const mixed = Math.imul(seed ^ Math.imul(round + 1, 0x9e3779b1), 0x85ebca6b)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
}

describe('the embedded PostgreSQL, when the power is cut', () => {
  test('F06 F16 F17 it runs with checksums and with every flush on', async () => {
    using folder = temporaryFolder()
    await using server = await startEmbeddedPostgres({ dataDir: folder.path })
    const client = new Client(server.connection)
    await client.connect()
    const { rows } = await client.query(
      `SELECT name, setting FROM pg_settings
        WHERE name IN ('data_checksums', 'fsync', 'full_page_writes', 'synchronous_commit', 'data_sync_retry')`,
    )
    await client.end()
    assert.deepEqual(Object.fromEntries(rows.map(({ name, setting }) => [name, setting])), {
      data_checksums: 'on',
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      data_sync_retry: 'off',
    })
  })

  test('F06 a system-call trace shows a flush for every commit that was acknowledged', async (t) => {
    using folder = temporaryFolder()
    const tracer = pathOf('strace')
    const trace = join(folder.path, 'trace')
    const launcher = tracer === undefined ? [] : [tracer, '-f', '-qq', '-e', 'trace=fdatasync', '-o', trace]
    await (await startEmbeddedPostgres({ dataDir: join(folder.path, 'data') }))[Symbol.asyncDispose]()
    let commits = 0
    {
      await using holder = new EmbeddedHolder(join(folder.path, 'data'), launcher)
      await holder.says('committed 20')
      commits = holder.lastCommitted()
    }
    assert.ok(commits >= 20)
    if (tracer === undefined) return t.diagnostic('strace is not installed: only the settings were read')
    const flushes = readFileSync(trace, 'utf8').match(/fdatasync(\(\d+| resumed>)\) += 0/g) ?? []
    t.diagnostic(`${flushes.length} flushes for ${commits} commits`)
    assert.ok(flushes.length >= commits)
  })
})

function pathOf(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
}
