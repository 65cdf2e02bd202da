import { Readable } from 'node:stream'
import type { MediaInfo } from '@duoke/contract'
import { mediaLimits } from '@duoke/wechat'
import type { Database } from '../database/client.ts'
import type { Upload } from '../http/handler.ts'
import { Refused } from '../http/refused.ts'
import type { MediaPort, OpenedMedia } from '../platform/media-port.ts'
import type { MediaStore } from './media-store.ts'
import type { MediaTable } from './media-table.ts'
import { mediaTypeOf } from './media-type.ts'
import { keepPlayable } from './voice/playable.ts'

/** The files of messages as the REST interface has them: taken from agents, shown to them. */
export function createMediaPort(ports: {
  readonly database: Database
  readonly table: Pick<MediaTable, 'find' | 'setPlayable'>
  readonly files: MediaStore
  readonly drawMediaId: () => string
}): MediaPort {
  return {
    async upload(organizationId, file) {
      const { kind, contentType } = checked(file)
      const { sha256, size } = await ports.files.put(organizationId, file.bytes)
      const id = ports.drawMediaId()
      await ports.database.withOrganization(organizationId, (tx) =>
        tx.query({
          name: 'media_add',
          text: `insert into media (org_id, media_id, kind, sha256, content_type, size, state, fetched_at)
            values ($1, $2, $3, $4, $5, $6, 'stored', clock_timestamp())`,
          values: [organizationId, id, kind, Buffer.from(sha256), contentType, size],
        }),
      )
      return { id, contentType, sizeBytes: size, state: 'stored' } satisfies MediaInfo
    },
    async open(organizationId, mediaId, form) {
      const known = await ports.table.find(organizationId, mediaId)
      if (known === null || known.state !== 'stored') return known
      const isVoice = form === 'playable' && known.contentType === 'audio/amr'
      const made = isVoice && known.playable !== null ? await ports.files.read(organizationId, known.playable) : null
      if (made !== null) return waveOf(made)
      const bytes = await ports.files.read(organizationId, known.sha256)
      // A row without its file: somebody emptied the folder, or restored the database alone.
      if (bytes === null) return { state: 'expired' }
      const wav = isVoice ? await keepPlayable(ports, { organizationId, mediaId }, bytes) : null
      if (wav !== null) return waveOf(wav)
      const { contentType } = known
      return { state: 'stored', contentType, sizeBytes: bytes.byteLength, bytes: Readable.from([bytes]) }
    },
  }
}

const waveOf = (bytes: Uint8Array): OpenedMedia => ({
  state: 'stored',
  contentType: 'audio/wav',
  sizeBytes: bytes.byteLength,
  bytes: Readable.from([bytes]),
})

/** Only what WeChat carries is taken (protocol reference, section 6.1); what it is, its bytes say. */
function checked({ bytes }: Upload): { readonly kind: 'image' | 'voice' | 'video'; readonly contentType: string } {
  const { kind, contentType, extension } = mediaTypeOf(bytes)
  const formats: readonly string[] = kind === null ? [] : mediaLimits[kind].formats
  if (kind === null || !formats.includes(extension)) throw new Refused('unsupported_media_type')
  const { bytes: most } = mediaLimits[kind]
  if (bytes.byteLength > most) throw new Refused('payload_too_large', { detail: `A ${kind} may have ${most} bytes.` })
  return { kind, contentType }
}
