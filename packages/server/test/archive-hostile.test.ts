import assert from 'node:assert/strict'
import { createWriteStream, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { createGzip, gzipSync } from 'node:zlib'
import { seededRandom } from '@duoke/domain'
import { Client } from 'pg'
import { pack } from 'tar-stream'
import { DatabaseRefusal } from '../src/database/refusal.ts'
import { archiveLimits, digestOf, type Manifest } from '../src/platform/archive/format.ts'
import { openArchive, tarFiles } from '../src/platform/archive/source.ts'
import { archivePlaces, createShelf, exportTo, importFrom, makeHistory } from './support/archive-stage.ts'
import { type TestDatabase, testDatabase } from './support/database.ts'
import { type Desk, type LogServer, must, openDesk, says, startLogServer } from './support/log-stage.ts'

const places = archivePlaces()
const shelf = createShelf()
let source: TestDatabase
let server: LogServer
let desk: Desk
before(async () => {
  source = await testDatabase()
  server = startLogServer({ connection: source.connection })
  desk = await openDesk(server)
  await makeHistory(server, desk, shelf, seededRandom(7), 60)
})
after(async () => {
  places[Symbol.dispose]()
  await server[Symbol.asyncDispose]()
  await source[Symbol.asyncDispose]()
})

type Files = Map<string, Buffer>

/** The whole archive in memory, to be spoiled. */
async function archived(): Promise<Files> {
  const place = places.next('tar')
  await exportTo(place, 'tar', { connection: source.connection, org: desk.org, shelf })
  const files: Files = new Map()
  for await (const { path, bytes } of (await openArchive(place)).files()) files.set(path, bytes)
  return files
}

function manifestOf(files: Files): Manifest {
  return JSON.parse(files.get('manifest.json')?.toString() ?? '')
}

/** Changes a file and everything that vouches for it: only what the archive means can still give it away. */
function forge(files: Files, path: string, change: (text: string) => string): void {
  const bytes = Buffer.from(change(files.get(path)?.toString() ?? ''))
  files.set(path, bytes)
  const manifest = manifestOf(files)
  const listed = manifest.files.map((one) =>
    one.path === path ? { path, bytes: bytes.length, sha256: digestOf(bytes) } : one,
  )
  files.set('manifest.json', Buffer.from(JSON.stringify({ ...manifest, files: listed })))
}

async function written(files: Files | readonly (readonly [string, Buffer])[]): Promise<string> {
  const place = places.next('tar')
  const tar = pack()
  const done = new Promise((resolve, reject) =>
    tar.pipe(createWriteStream(place)).on('finish', resolve).on('error', reject),
  )
  for (const [name, bytes] of files) tar.entry({ name, size: bytes.length }, bytes)
  tar.finalize()
  await done
  return place
}

/** Refuses with this code and these words, and leaves neither a row nor a file. */
async function refuses(place: string, code: string, words: RegExp): Promise<void> {
  await using target = await testDatabase()
  const untouched = createShelf()
  await assert.rejects(importFrom(place, target.connection, untouched), (error: unknown) => {
    assert.ok(error instanceof DatabaseRefusal, String(error instanceof Error ? error.stack : error))
    assert.equal(error.code, code, error.message)
    assert.match(error.sentence, words)
    assert.ok(error.whatToDo.length > 10)
    return true
  })
  assert.equal(untouched.held.size, 0)
  const client = new Client({ ...target.connection, options: '-c role=duoke_worker' })
  await client.connect()
  for (const table of [
    'organization',
    'event',
    'conversation',
    'customer',
    'account',
    'media',
    'timer',
    'seen_command',
  ]) {
    assert.equal((await client.query(`select 1 from ${table} limit 1`)).rowCount, 0, table)
  }
  await client.end()
}

test('T5: the export of one organization never holds a line of another', async () => {
  const other = await openDesk(server)
  await must(server.log, other.org, says(other, 'o-canary', 'canary-of-another'))
  await must(server.log, desk.org, says(desk, 'o-own', 'own-words'))
  const place = places.next('tar')
  await exportTo(place, 'tar', { connection: source.connection, org: desk.org, shelf, secrets: true })
  const bytes = readFileSync(place)
  assert.ok(bytes.includes('own-words') && bytes.includes('o-own'))
  for (const foreign of ['canary', other.org, other.accountId]) assert.ok(!bytes.includes(foreign), foreign)
})

test('a file that was changed, is missing, is too many or comes twice is named', async () => {
  const changed = await archived()
  const part = 'events/000000001.jsonl'
  changed.set(part, Buffer.from(changed.get(part)?.toString().replace('Acme', 'Emca') ?? ''))
  await refuses(await written(changed), 'archive_damaged', /events\/000000001.jsonl is not as it was written/)
  const missing = await archived()
  missing.delete(part)
  await refuses(await written(missing), 'archive_damaged', /events\/000000001.jsonl is missing/)
  const extra = await archived()
  await refuses(
    await written([...extra, ['events/000000009.jsonl', Buffer.from('{}\n')]]),
    'archive_damaged',
    /not in its manifest/,
  )
  await refuses(await written([...extra, [part, Buffer.from('{}\n')]]), 'archive_damaged', /twice/)
})

test('a log that was forged with matching checksums is given away by its hash chain', async () => {
  const part = 'events/000000001.jsonl'
  const spoil = async (change: (lines: string[]) => string[]) => {
    const files = await archived()
    forge(files, part, (text) => `${change(text.trimEnd().split('\n')).join('\n')}\n`)
    return written(files)
  }
  const lines = (text: string) => text.replace('"name":"Acme"', '"name":"Emca"')
  await refuses(await spoil((all) => all.map(lines)), 'archive_damaged', /event 1 was changed/)
  await refuses(await spoil((all) => all.with(4, all[5] ?? '').with(5, all[4] ?? '')), 'archive_damaged', /event \d/)
  await refuses(await spoil((all) => all.slice(0, -1)), 'archive_damaged', /ends elsewhere/)
  await refuses(await spoil((all) => all.toSpliced(3, 1)), 'archive_damaged', /event \d+ was changed/)
  await refuses(
    await spoil((all) => all.map((line) => line.replace(/"text":"[^"]+"/, '"text":"forged"'))),
    'archive_damaged',
    /personal part of event \d+ was changed/,
  )
  await refuses(await spoil((all) => [...all, '{"position":']), 'archive_damaged', /no JSON/)
  await refuses(
    await spoil((all) => all.map((line) => line.replace('"version":1', '"version":99'))),
    'archive_foreign',
    /newer/,
  )
  await refuses(await spoil((all) => [...all, '7']), 'archive_foreign', /unknown type/)
})

test('rows that cannot stand together are refused as a whole', async () => {
  const files = await archived()
  forge(files, 'commands/000000001.jsonl', (text) => text + text)
  await refuses(await written(files), 'archive_damaged', /cannot stand together/)
  const odd = await archived()
  forge(odd, 'timers/000000001.jsonl', (text) => text.replace(/"due":\d+/, '"due":"soon"'))
  await refuses(await written(odd), 'archive_damaged', /cannot stand together/)
})

test('another version and another program’s manifest are told apart from damage', async () => {
  const newer = await archived()
  newer.set('manifest.json', Buffer.from(JSON.stringify({ ...manifestOf(newer), version: 2 })))
  await refuses(await written(newer), 'archive_foreign', /version is 2/)
  const other = await archived()
  other.set('manifest.json', Buffer.from('{"format":"zip"}'))
  await refuses(await written(other), 'archive_foreign', /another program/)
  const broken = await archived()
  broken.set('manifest.json', Buffer.from(JSON.stringify({ ...manifestOf(broken), head: 'many' })))
  await refuses(await written(broken), 'archive_damaged', /manifest.json/)
  broken.delete('manifest.json')
  await refuses(await written(broken), 'archive_damaged', /manifest.json is missing/)
})

test('an archive that ends too early is refused, wherever it ends', async () => {
  const whole = readFileSync(await written(await archived()))
  for (const share of [0.1, 0.5, 0.9, 0.999]) {
    for (const bytes of [
      whole.subarray(0, whole.length * share),
      gzipSync(whole).subarray(0, whole.length * share * 0.05),
    ]) {
      const place = places.next('tar')
      writeFileSync(place, bytes)
      await refuses(place, 'archive_damaged', /end|missing/)
    }
  }
})

test('names that lead out of the archive, links and devices are refused before a byte of them is kept', async () => {
  const names = [
    '../../etc/passwd',
    '/etc/passwd',
    'events/../../x.jsonl',
    'files/..',
    'events\\x',
    'conversations/a/b.vcon.json',
    'x',
  ]
  for (const name of names) await refuses(await written([[name, Buffer.from('x')]]), 'archive_foreign', /it holds/)
  for (const type of ['symlink', 'link', 'character-device', 'fifo'] as const) {
    const place = places.next('tar')
    const tar = pack()
    const done = new Promise((resolve) => tar.pipe(createWriteStream(place)).on('finish', resolve))
    tar.entry({ name: 'events/000000001.jsonl', type, linkname: '/etc/passwd' })
    tar.finalize()
    await done
    await refuses(place, 'archive_foreign', /it holds/)
  }
  const folder = places.next('folder')
  await exportTo(folder, 'folder', { connection: source.connection, org: desk.org, shelf })
  rmSync(join(folder, 'configuration.json'))
  symlinkSync('/etc/passwd', join(folder, 'configuration.json'))
  await refuses(folder, 'archive_foreign', /configuration.json is no file/)
  rmSync(join(folder, 'configuration.json'))
  writeFileSync(join(folder, 'stranger.txt'), 'x')
  await refuses(folder, 'archive_foreign', /stranger.txt/)
})

test('what is no archive at all is refused in words', async () => {
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('hello\n'),
    Buffer.alloc(100_000, 'x'),
    gzipSync('hello'),
    Buffer.alloc(2000),
  ]) {
    const place = places.next('tar')
    writeFileSync(place, bytes)
    await using target = await testDatabase()
    await assert.rejects(importFrom(place, target.connection, createShelf()), DatabaseRefusal)
  }
})

/** 10 GB of nothing, as they come out of a small file. */
async function* nothing(total: number): AsyncGenerator<Buffer> {
  const block = Buffer.alloc(1024 * 1024)
  for (let left = total; left > 0; left -= block.length) yield block
}
const tenGigabytes = 10 * 1024 ** 3

/** How much was taken in before it was refused. */
async function takenBefore(stream: Readable, isPacked: boolean): Promise<number> {
  const before = process.memoryUsage.rss()
  await assert.rejects(async () => {
    for await (const _file of tarFiles(stream, isPacked));
  }, DatabaseRefusal)
  return process.memoryUsage.rss() - before
}

function header(name: string, size: number, type: string): Buffer {
  const block = Buffer.alloc(512)
  block.write(name, 0)
  block.write('0000644\0', 100)
  block.write('0000000\0', 108)
  block.write('0000000\0', 116)
  block.write(`${size.toString(8).padStart(11, '0')} `, 124)
  block.write('00000000000 ', 136)
  block.write('        ', 148)
  block.write(type, 156)
  block.write('ustar\x0000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

test('10 GB that come out of a small file are refused while they are few', { timeout: 60_000 }, async () => {
  async function* huge(type: string, name: string) {
    yield header(name, 7 * 1024 ** 3, type)
    yield* nothing(tenGigabytes)
  }
  const plain = await takenBefore(Readable.from(huge('0', 'events/000000001.jsonl')), false)
  assert.ok(plain < 100 * 1024 ** 2, 'a declared size is refused by its header')
  const longName = await takenBefore(Readable.from(huge('x', 'pax')), false)
  assert.ok(longName < 600 * 1024 ** 2, 'a header that never ends is refused')
  async function* many() {
    for (let at = 1; at < 1000; at += 1) {
      yield header(`events/${String(at).padStart(9, '0')}.jsonl`, 64 * 1024 ** 2, '0')
      yield* nothing(64 * 1024 ** 2)
    }
  }
  const unpacked = new PassThrough()
  Readable.from(many())
    .pipe(createGzip({ level: 1 }))
    .pipe(unpacked)
    .on('error', () => {})
  const packed = await takenBefore(unpacked, true)
  assert.ok(packed < 800 * 1024 ** 2, `${packed} bytes of memory`)
  assert.ok(archiveLimits.unpackedBytes < tenGigabytes)
})

test('an installation that holds an organization is refused and stays as it is', async () => {
  const place = await written(await archived())
  await using target = await testDatabase()
  await using busy = startLogServer({ connection: target.connection })
  const there = await openDesk(busy)
  await assert.rejects(importFrom(place, target.connection, createShelf()), (error: unknown) => {
    assert.ok(error instanceof DatabaseRefusal && error.code === 'not_empty')
    assert.match(error.sentence, new RegExp(there.org))
    return true
  })
})
