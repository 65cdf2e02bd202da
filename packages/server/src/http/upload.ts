import type { FastifyRequest } from 'fastify'
import type { Upload } from './handler.ts'
import { Refused } from './refused.ts'

/** Video and pictures may have 10 MB (protocol reference, section 6); the rest is room for the envelope. */
export const uploadLimitBytes = 10 * 1024 * 1024

/** Reads the one file of a multipart body. */
export async function readUpload(request: FastifyRequest): Promise<Upload> {
  if (!request.isMultipart()) {
    throw new Refused('unsupported_media_type', { detail: 'Send multipart/form-data with a field `file`.' })
  }
  const part = await request.file()
  if (part === undefined || part.fieldname !== 'file') {
    part?.file.resume()
    throw new Refused('invalid_request', { errors: [{ path: '/body/file', message: 'is missing' }] })
  }
  const bytes = await part.toBuffer()
  // The parser cuts one byte behind the limit and does not always say so when the cut falls between two chunks.
  if (part.file.truncated || bytes.length > uploadLimitBytes) throw new Refused('payload_too_large')
  return { name: part.filename, contentType: part.mimetype, bytes }
}
