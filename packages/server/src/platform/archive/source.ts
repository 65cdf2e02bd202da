import { createReadStream } from 'node:fs'
import { lstat, open, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { archiveLimits, damaged, foreign, isArchivePath, partedSections, sectionOf } from './format.ts'

export type ArchiveFile = { readonly path: string; readonly bytes: Buffer }

/** An archive that can be read more than once: first to see that it is whole, then to take it in. */
export type ArchiveSource = { files(): AsyncIterable<ArchiveFile> }

/** What lies at this place: a folder, or a tar, packed or not. */
export async function openArchive(place: string): Promise<ArchiveSource> {
  const there = await stat(place)
  return there.isDirectory() ? folderSource(place) : fileSource(place)
}

export function fileSource(place: string): ArchiveSource {
  return {
    async *files() {
      const isPacked = await startsAsGzip(place)
      yield* tarFiles(createReadStream(place), isPacked)
    },
  }
}

async function startsAsGzip(place: string): Promise<boolean> {
  const file = await open(place)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer.readUInt16BE(0) === 0x1f8b
  } finally {
    await file.close()
  }
}

/** The files of a tar as they come. Names, kinds and sizes are looked at before a byte of a file is kept. */
export async function* tarFiles(input: Readable, isPacked = false): AsyncGenerator<ArchiveFile> {
  const meter = { packed: 0, unpacked: 0, accounted: 0 }
  const tar = extract()
  const fed = (
    isPacked
      ? pipeline(input, counting(meter), createGunzip(), bounding(meter), tar)
      : pipeline(input, counting(meter), bounding(meter), tar)
  ).catch((error: unknown) => {
    tar.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  })
  fed.catch(() => {})
  try {
    for await (const entry of tar) {
      const { name, type, size = 0 } = entry.header
      const path = name.replace(/^\.\//, '')
      if (type === 'directory' && /^(?:[a-z]+\/?)?$/.test(path)) {
        entry.resume()
        continue
      }
      if (type !== 'file' || !isArchivePath(path)) throw foreign(`it holds ${JSON.stringify(name.slice(0, 100))}`)
      if (size > archiveLimits.fileBytes) throw damaged(`${path} is larger than any file of an archive`)
      const bytes = await collected(entry)
      meter.accounted = meter.unpacked
      yield { path, bytes }
    }
    await fed
  } catch (error) {
    throw explained(error)
  } finally {
    input.destroy()
    tar.destroy()
  }
}

type Meter = { packed: number; unpacked: number; accounted: number }

function counting(meter: Meter): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      meter.packed += chunk.length
      done(null, chunk)
    },
  })
}

/** A small file that unpacks without end, and a header that never becomes a file, are stopped here. */
function bounding(meter: Meter): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      meter.unpacked += chunk.length
      const isBomb = meter.unpacked > archiveLimits.unpackedBytes && meter.unpacked > archiveLimits.ratio * meter.packed
      const isEndless = meter.unpacked - meter.accounted > archiveLimits.fileBytes + slack
      done(isBomb || isEndless ? damaged('it unpacks to far more than an archive would') : null, chunk)
    },
  })
}
const slack = 4 * 1024 * 1024

async function collected(entry: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = []
  // tar-stream yields bytes; the type of a stream does not say what it carries.
  for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Trouble of the disk stays what it is; everything else says something about the file. */
function explained(error: unknown): unknown {
  if (!(error instanceof Error) || 'sentence' in error || 'syscall' in error) return error
  if (/invalid tar|checksum|header/i.test(error.message)) return foreign('it is no tar', error)
  return damaged('it cannot be unpacked to its end', error)
}

/** Only files of the archive's own names are opened, and links are not followed. */
function folderSource(folder: string): ArchiveSource {
  return {
    async *files() {
      for (const path of await pathsIn(folder)) {
        const place = join(folder, path)
        const there = await lstat(place)
        if (!there.isFile()) throw foreign(`${path} is no file`)
        if (there.size > archiveLimits.fileBytes) throw damaged(`${path} is larger than any file of an archive`)
        yield { path, bytes: await readFile(place) }
      }
    },
  }
}

async function pathsIn(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const { name, isDirectory } of await entriesOf(folder)) {
    if (!isDirectory) found.push(name)
    else for (const inner of await entriesOf(join(folder, name))) found.push(`${name}/${inner.name}`)
  }
  for (const path of found) if (!isArchivePath(path)) throw foreign(`it holds ${JSON.stringify(path.slice(0, 100))}`)
  const order = (path: string) => {
    const section = sectionOf(path)
    return section === undefined ? -1 : partedSections.indexOf(section)
  }
  return found.sort((left, right) => order(left) - order(right) || (left < right ? -1 : 1))
}

async function entriesOf(folder: string): Promise<{ name: string; isDirectory: boolean }[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries.map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
}
