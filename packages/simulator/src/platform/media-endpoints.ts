import { checkMediaFile, isMediaType } from '../model/media-files.ts'
import { toSeconds } from '../ports.ts'
import { type ApiAnswer, type ApiContext, type Endpoint, json, refuse } from './api.ts'

/** Protocol reference, sections 6.1 and 6.2. */
export const mediaEndpoints: Endpoint[] = [
  { method: 'POST', path: '/cgi-bin/media/upload', auth: 'token', run: upload },
  { method: 'GET', path: '/cgi-bin/media/get', auth: 'token', run: download },
  { method: 'GET', path: '/cgi-bin/media/get/jssdk', auth: 'token', run: download },
]

function upload({ world, call, settings }: ApiContext): ApiAnswer {
  const type = call.query['type'] ?? ''
  if (!isMediaType(type)) return refuse(40004)
  if (call.upload?.fieldName !== 'media') return refuse(41005)
  const checked = checkMediaFile(type, call.upload.bytes)
  if (checked.kind === 'refused') return refuse(checked.errcode)
  const stored = world.media.add(settings.id, type, checked.file)
  const idName = type === 'thumb' ? 'thumb_media_id' : 'media_id'
  return json({ type, [idName]: stored.id, created_at: toSeconds(stored.createdAtMs) })
}

/** A video is not sent but pointed at. */
function download({ world, call, settings }: ApiContext): ApiAnswer {
  const id = call.query['media_id']
  if (!id) return refuse(41006)
  const media = world.media.find(settings.id, id)
  if (!media) return refuse(40007)
  if (media.type === 'video') return json({ video_url: `${call.origin}/mmbiz/${media.id}/0` })
  return { kind: 'media', media }
}
