import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AwsClient } from 'aws4fetch'
import type { MediaPlace } from '../config.ts'
import type { Egress, EgressResult } from './egress.ts'

/** Keeps the bytes of files by what is in them: the same picture sent a hundred times is stored once per organization. */
export type MediaStore = {
  /** On disk, or confirmed by the store, when it resolves. */
  put(organizationId: string, bytes: Uint8Array): Promise<{ readonly sha256: Uint8Array; readonly size: number }>
  read(organizationId: string, sha256: Uint8Array): Promise<Uint8Array | null>
  /** Nothing to do when it is gone already. */
  remove(organizationId: string, sha256: Uint8Array): Promise<void>
}

export function openMediaStore(place: MediaPlace, egress: Egress): MediaStore {
  return place.kind === 'folder' ? folderStore(place.path) : objectStore(place, egress)
}

/** `org/ab/abcdef…`: organization ids are safe in paths, and no folder grows beyond a 256th of the files. */
function pathOf(organizationId: string, sha256: Uint8Array): string[] {
  const digest = Buffer.from(sha256).toString('hex')
  return [encodeURIComponent(organizationId), digest.slice(0, 2), digest]
}

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()

function folderStore(root: string): MediaStore {
  return {
    async put(organizationId, bytes) {
      const sha256 = digestOf(bytes)
      const path = join(root, ...pathOf(organizationId, sha256))
      const known = await stat(path).catch(absent)
      if (known?.size !== bytes.byteLength) await writeDurably(path, bytes)
      return { sha256, size: bytes.byteLength }
    },
    async read(organizationId, sha256) {
      return (await readFile(join(root, ...pathOf(organizationId, sha256))).catch(absent)) ?? null
    },
    async remove(organizationId, sha256) {
      await rm(join(root, ...pathOf(organizationId, sha256)), { force: true })
    },
  }
}

/** Whole or not at all, also after a power cut: the file first, then its name. */
async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomUUID()}`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder; there the rename is durable by itself.
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}

function objectStore(place: Extract<MediaPlace, { kind: 's3' }>, egress: Egress): MediaStore {
  const { accessKey, secretKey, region, endpoint, bucket } = place
  const signer = new AwsClient({ accessKeyId: accessKey, secretAccessKey: secretKey, region, service: 's3' })

  async function call(method: 'GET' | 'PUT' | 'HEAD' | 'DELETE', path: string, bytes?: Uint8Array) {
    const url = `${endpoint}/${bucket}/${path}`
    const digest = digestOf(bytes ?? new Uint8Array()).toString('hex')
    const signed = await signer.sign(url, { method, headers: { 'x-amz-content-sha256': digest } })
    const result = await egress.request({
      url,
      method,
      headers: Object.fromEntries(signed.headers),
      ...(bytes === undefined ? {} : { body: bytes }),
      timeoutMs: 30_000,
      maxResponseBytes: 64 * 1024 * 1024,
      trust: 'operator',
      idempotent: true,
    })
    return answered(result)
  }

  return {
    async put(organizationId, bytes) {
      const sha256 = digestOf(bytes)
      const path = pathOf(organizationId, sha256).join('/')
      const known = await call('HEAD', path)
      if (known.status !== 200) {
        const { status } = await call('PUT', path, bytes)
        if (status < 200 || status > 299) throw new Error(`the media store answered ${status} to a write`)
      }
      return { sha256, size: bytes.byteLength }
    },
    async read(organizationId, sha256) {
      const { status, body } = await call('GET', pathOf(organizationId, sha256).join('/'))
      if (status === 404) return null
      if (status !== 200) throw new Error(`the media store answered ${status} to a read`)
      return body
    },
    async remove(organizationId, sha256) {
      const { status } = await call('DELETE', pathOf(organizationId, sha256).join('/'))
      if (status !== 404 && (status < 200 || status > 299)) {
        throw new Error(`the media store answered ${status} to a removal`)
      }
    },
  }
}

function answered(result: EgressResult): Extract<EgressResult, { sent: 'yes' }> {
  if (result.sent !== 'yes') throw new Error(`the media store cannot be reached: ${result.error.message}`)
  return result
}
