import type { Readable } from 'node:stream'
import { Refused } from '../http/refused.ts'
import { filePolicy } from '../http/security-headers.ts'
import type { MediaForm, MediaPort } from './media-port.ts'

/** Everything else, SVG and HTML before all, is downloaded and never shown (U4). */
const shownInPlace = /^(image\/(jpeg|png|gif|webp)|audio\/(mpeg|amr|wav|ogg|mp4)|video\/(mp4|webm))$/

type Answer = { file: Readable; contentType: string; headers: Readonly<Record<string, string>> }

export async function fileAnswer(
  media: MediaPort,
  org: string,
  mediaId: string,
  form: MediaForm = 'original',
): Promise<Answer> {
  const opened = await media.open(org, mediaId, form)
  if (opened === null) throw new Refused('not_found')
  if (opened.state === 'expired') throw new Refused('media_expired')
  if (opened.state === 'pending') {
    throw new Refused('not_found', { detail: 'The file is still being fetched.', retryAfterSeconds: 2 })
  }
  const place = shownInPlace.test(opened.contentType) ? 'inline' : 'attachment'
  return {
    file: opened.bytes,
    contentType: opened.contentType,
    headers: {
      'Content-Length': String(opened.sizeBytes),
      'Content-Security-Policy': filePolicy,
      'Content-Disposition': `${place}; filename="${mediaId}"`,
      // The bytes of an id never change; they are for whoever may see them, and for no cache between.
      'Cache-Control': 'private, max-age=31536000, immutable',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    },
  }
}
