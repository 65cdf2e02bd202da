import { Busboy } from '@fastify/busboy'
import type { Upload } from '../../http/handler.ts'
import type { Call } from './call.ts'

type Found = Upload & { readonly field: string }

/**
 * The file of a multipart body: the field `media`, or whichever file there is. Null for a body that holds none, or is
 * no multipart at all. Boundaries are as long or short as their client likes, which the parser built into Node refuses.
 */
export async function fileIn({ body, contentType }: Pick<Call, 'body' | 'contentType'>): Promise<Upload | null> {
  if (contentType === undefined || !/^multipart\/form-data\b/i.test(contentType)) return null
  const files = await filesIn(body, contentType).catch(() => [])
  return files.find(({ field }) => field === 'media') ?? files[0] ?? null
}

function filesIn(body: Uint8Array, contentType: string): Promise<readonly Found[]> {
  return new Promise((resolve, reject) => {
    const parser = new Busboy({ headers: { 'content-type': contentType }, limits: { parts: 20, headerPairs: 50 } })
    const files: Found[] = []
    parser.on('file', (field, stream, name, _encoding, type) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk))
      stream.once('error', reject)
      stream.once('end', () => files.push({ field, name, contentType: type, bytes: Buffer.concat(chunks) }))
    })
    parser.once('finish', () => resolve(files))
    parser.once('error', reject)
    parser.end(Buffer.from(body))
  })
}
