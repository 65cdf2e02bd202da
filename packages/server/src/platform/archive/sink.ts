import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'

/** Where an archive is written to, file by file in its order. */
export type ArchiveSink = {
  add(path: string, bytes: Uint8Array): Promise<void>
  /** Everything is written when it resolves. */
  end(): Promise<void>
}

/** A tar whose headers say nothing of when, where and by whom it was written. */
export function tarSink(output: Writable, { gzip = false }: { readonly gzip?: boolean } = {}): ArchiveSink {
  const tar = pack()
  const written = gzip ? pipeline(tar, createGzip(), output) : pipeline(tar, output)
  // Told by the next `add` or `end`, which waits for it.
  written.catch(() => {})
  const failed = written.then(() => new Promise<never>(() => {}))
  failed.catch(() => {})
  return {
    async add(path, bytes) {
      const header = { name: path, size: bytes.byteLength, mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) }
      const entry = new Promise<void>((resolve, reject) => {
        tar.entry({ ...header, type: 'file' }, Buffer.from(bytes), (error) => (error ? reject(error) : resolve()))
      })
      await Promise.race([entry, failed])
    },
    async end() {
      tar.finalize()
      await written
    },
  }
}

/** A folder that was there empty, or was not there. */
export function folderSink(folder: string): ArchiveSink {
  const made = new Set<string>()
  return {
    async add(path, bytes) {
      const place = join(folder, path)
      if (!made.has(dirname(place))) await mkdir(dirname(place), { recursive: true, mode: 0o700 })
      made.add(dirname(place))
      const file = await open(place, 'wx', 0o600)
      try {
        await file.writeFile(bytes)
      } finally {
        await file.close()
      }
    },
    async end() {},
  }
}
