import type { FastifyInstance } from 'fastify'
import { Refused } from './refused.ts'

/** A body as it arrived, for the digest of a retry, and what it says. */
export type JsonBody = { readonly bytes: Buffer; readonly value: unknown }

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Bodies of this scope are JSON and say so. Bytes that are no UTF-8, and strings that no database and no browser can
 * carry (U+0000, half a surrogate pair), are refused here, so that nothing behind this line has to think of them (F34, F37).
 */
export function acceptOnlyJson(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => {
    try {
      // `parseAs` makes it a buffer; the type covers both.
      done(null, parseJson(bytes as Buffer))
    } catch (thrown) {
      done(thrown instanceof Error ? thrown : new Refused('malformed_json'))
    }
  })
  // For the operations that take a file; the others refuse it.
  scope.addContentTypeParser('application/gzip', (_request, payload, done) => done(null, payload))
  scope.addContentTypeParser('*', (_request, payload, done) => {
    // Nothing is read: the connection is closed with the answer when a body is still arriving.
    payload.resume()
    done(new Refused('unsupported_media_type', { detail: 'Send Content-Type: application/json.' }))
  })
}

export function parseJson(bytes: Buffer): JsonBody {
  if (bytes.length === 0) return { bytes, value: undefined }
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(bytes))
  } catch (cause) {
    throw new Refused('malformed_json', { cause })
  }
  const path = unstorablePath(value, '')
  if (path !== null) {
    throw new Refused('invalid_request', { errors: [{ path, message: 'contains U+0000 or half a surrogate pair' }] })
  }
  return { bytes, value }
}

export function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed()
}

const deepest = 64

function unstorablePath(value: unknown, path: string, depth = 0): string | null {
  if (typeof value === 'string') return isStorable(value) ? null : path
  if (typeof value !== 'object' || value === null) return null
  if (depth > deepest) return path
  for (const [key, inner] of Object.entries(value)) {
    if (key === '__proto__' || !isStorable(key)) return path
    const found = unstorablePath(inner, `${path}/${key}`, depth + 1)
    if (found !== null) return found
  }
  return null
}
