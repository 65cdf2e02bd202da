import type { Database } from '../../database/client.ts'
import type { MediaOrigin } from '../../platform/media-origin.ts'
import type { MediaIds } from '../media-ids.ts'
import type { MediaStore } from '../media-store.ts'
import type { MediaTable } from '../media-table.ts'
import { mediaTypeOf } from '../media-type.ts'
import type { MediaKind } from '../translate.ts'
import { CallRefused, type CompatibleAnswer, json, refusal } from './answer.ts'
import { type Call, type Caller, eitherFields, isFields, ownerOf, textIn } from './call.ts'
import type { Endpoint } from './endpoint.ts'
import { type PassPorts, passThrough } from './pass-through.ts'
import { scopesOfPath } from './permission-sets.ts'

export type MediaEndpointPorts = PassPorts & {
  readonly database: Database
  readonly mediaIds: MediaIds
  readonly table: Pick<MediaTable, 'find'>
  readonly files: Pick<MediaStore, 'read'>
  readonly mediaOrigin: Pick<MediaOrigin, 'recordLink'>
}

const uploadLimitBytes = 12 * 1024 * 1024
const kinds: readonly MediaKind[] = ['image', 'voice', 'video', 'thumb']

/** Temporary files (protocol reference, sections 6.1 and 6.2). */
export function mediaEndpoints(ports: MediaEndpointPorts): readonly Endpoint[] {
  const [upload, get] = ['/cgi-bin/media/upload', '/cgi-bin/media/get']
  return [
    {
      ...{ path: upload, method: 'POST', auth: 'token', scopes: scopesOfPath(upload) },
      bodyLimitBytes: uploadLimitBytes,
      run: (call, caller) => takeFile(ports, call, caller),
    },
    {
      ...{ path: get, method: 'either', auth: 'token', scopes: scopesOfPath(get) },
      run: (call, caller) => giveFile(ports, call, caller),
    },
  ]
}

/**
 * WeChat takes the file and names it, so that the name is good for every other call of WeChat's API too; the same file then
 * has an id of ours under which the record shows it and everybody else can send it.
 */
async function takeFile(ports: MediaEndpointPorts, call: Call, caller: Caller): Promise<CompatibleAnswer> {
  const kind = kinds.find((known) => known === call.query['type'])
  if (kind === undefined) throw new CallRefused(40004)
  if (call.body.byteLength === 0) throw new CallRefused(41005)
  const answer = await passThrough(ports, caller.account, call)
  const fields = answer.kind === 'bytes' ? jsonOf(answer.body) : null
  const wechatId = fields?.['media_id'] ?? fields?.['thumb_media_id']
  if (fields === null || typeof wechatId !== 'string' || wechatId === '') return answer
  const { ours } = await ports.mediaIds.namesOf(ownerOf(caller), wechatId, kind)
  return json({ ...fields, media_id: wechatId, duoke_media_id: ours })
}

/** What we hold we give, also after the three days in which WeChat would; the rest is asked for there. */
async function giveFile(ports: MediaEndpointPorts, call: Call, caller: Caller): Promise<CompatibleAnswer> {
  const id = textIn(eitherFields(call), 'media_id')
  if (!id) throw new CallRefused(41006)
  const { organizationId } = caller
  const ours = (await ports.mediaIds.known(ownerOf(caller), id))?.ours ?? null
  const known = ours === null ? null : await ports.table.find(organizationId, ours)
  if (ours === null || known?.state !== 'stored') return passThrough(ports, caller.account, call)
  const bytes = await ports.files.read(organizationId, known.sha256)
  if (bytes === null) return refusal(40007)
  const { kind, contentType, extension } = mediaTypeOf(bytes)
  if (kind === 'video') return json({ video_url: ports.mediaOrigin.recordLink(organizationId, ours).url })
  return {
    kind: 'bytes',
    status: 200,
    headers: { 'content-type': contentType, 'content-disposition': `attachment; filename="${ours}.${extension}"` },
    body: bytes,
  }
}

function jsonOf(body: Uint8Array): Readonly<Record<string, unknown>> | null {
  if (body[0] !== 0x7b) return null
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    return isFields(value) ? value : null
  } catch {
    return null
  }
}
