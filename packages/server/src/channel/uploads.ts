import type { OutgoingContent } from '@duoke/contract'
import type { ChannelAccount } from './account-directory.ts'
import type { MediaStore } from './media-store.ts'
import type { KnownMedia, MediaTable, UploadKey } from './media-table.ts'
import { mediaTypeOf } from './media-type.ts'
import type { Settlement } from './settle.ts'
import { type MediaToUpload, mediaOf, type UploadedMedia } from './translate.ts'
import { callUpstream, type UpstreamPorts } from './upstream-call.ts'

export type UploadState =
  | { readonly kind: 'ready'; readonly uploaded: UploadedMedia }
  /** Ask again when `done` resolves; it never rejects. */
  | { readonly kind: 'uploading'; readonly done: Promise<void> }
  | { readonly kind: 'failed'; readonly settlement: Settlement }

/** Brings the files of an answer to WeChat before the answer leaves; the same bytes once in three days (F57). */
export type Uploads = {
  ready(account: ChannelAccount, content: OutgoingContent): UploadState
  /** WeChat does not know these files any more. Resolves when nobody is given their old ids again; never rejects. */
  forget(account: ChannelAccount, content: OutgoingContent, uploaded: UploadedMedia): Promise<void>
}

/** WeChat keeps a temporary file for three days (protocol reference, section 6.1). */
const reusableForMs = 2.5 * 24 * 3_600_000
const rememberedMs = 10 * 60_000
const mostRemembered = 5_000

type Result =
  | { readonly kind: 'done'; readonly upstreamId: string }
  | { readonly kind: 'failed'; readonly settlement: Settlement }
/** `undefined` after a while in which WeChat could not be reached: whoever still needs it asks again. */
type Entry = { readonly promise: Promise<void>; result?: Result; untilMs: number }

export type UploadPorts = UpstreamPorts & {
  readonly table: Pick<MediaTable, 'find' | 'nameAtWechat' | 'uploaded' | 'saveUploaded' | 'forgetUploaded'>
  readonly files: Pick<MediaStore, 'read'>
  readonly nowMs: () => number
  readonly sleep: (ms: number) => Promise<void>
  readonly randomBytes: (count: number) => Uint8Array
  readonly onError: (error: unknown) => void
}

export function createUploads(ports: UploadPorts): Uploads {
  /** Files that WeChat does not know any more under the id that it gave them once. */
  const lost = new Set<string>()
  const upload = createUpload(ports, lost)
  const entries = new Map<string, Entry>()
  const keyOf = ({ organizationId, settings }: ChannelAccount, { mediaId, kind }: MediaToUpload) =>
    [organizationId, settings.accountId, kind, mediaId].join('\n')

  function entryOf(account: ChannelAccount, media: MediaToUpload): Entry {
    const key = keyOf(account, media)
    const known = entries.get(key)
    if (known !== undefined && known.untilMs > ports.nowMs()) return known
    const work = upload(account, media).catch((error: unknown) => {
      ports.onError(error)
      return undefined
    })
    const entry: Entry = {
      untilMs: Number.POSITIVE_INFINITY,
      promise: work.then((result) => {
        if (result === undefined) entries.delete(key)
        else entry.result = result
        entry.untilMs = ports.nowMs() + rememberedMs
      }),
    }
    entries.set(key, entry)
    if (entries.size > mostRemembered) entries.delete(entries.keys().next().value ?? '')
    return entry
  }

  return {
    ready(account, content) {
      const needed = mediaOf(content)
      const found = needed.map((media) => ({ media, entry: entryOf(account, media) }))
      const uploaded = new Map<string, string>()
      for (const { media, entry } of found) {
        if (entry.result?.kind === 'failed') {
          // The next answer with this file may try again.
          entries.delete(keyOf(account, media))
          return entry.result
        }
        if (entry.result?.kind === 'done') uploaded.set(media.mediaId, entry.result.upstreamId)
      }
      if (uploaded.size === new Set(needed.map((media) => media.mediaId)).size) return { kind: 'ready', uploaded }
      return { kind: 'uploading', done: Promise.all(found.map(({ entry }) => entry.promise)).then(() => undefined) }
    },
    async forget(account, content, uploaded) {
      for (const media of mediaOf(content)) {
        const upstreamId = uploaded.get(media.mediaId)
        if (upstreamId === undefined) continue
        lost.add(lostKey(account, media.mediaId))
        if (lost.size > mostRemembered) lost.delete(lost.values().next().value ?? '')
        // The table first: an upload that begins meanwhile would find the old id there.
        await forgetStored(ports, account, media, upstreamId).catch(ports.onError)
        const key = keyOf(account, media)
        const known = entries.get(key)?.result
        if (known?.kind === 'done' && known.upstreamId === upstreamId) entries.delete(key)
      }
    },
  }
}

/** Undefined: not now. The same bytes are on their way only once at a time. */
function createUpload(
  ports: UploadPorts,
  lost: ReadonlySet<string>,
): (account: ChannelAccount, media: MediaToUpload) => Promise<Result | undefined> {
  const flights = new Map<string, Promise<Result>>()

  return async (account, media) => {
    const { organizationId, settings } = account
    const stored = await ports.table.find(organizationId, media.mediaId)
    const isLost = lost.has(lostKey(account, media.mediaId))
    const given = isLost ? null : await givenId(ports, account, media.mediaId, stored)
    if (given !== null) return { kind: 'done', upstreamId: given }
    if (stored?.state === 'pending') return void (await ports.sleep(1_000))
    if (stored?.state !== 'stored') return failed('not-sent', 'the file is not there any more')
    const key = { organizationId, accountId: settings.accountId, kind: media.kind, sha256: stored.sha256 }
    const known = await ports.table.uploaded(key, reusableForMs)
    if (known !== null) return { kind: 'done', upstreamId: known }
    const flightKey = [organizationId, key.accountId, key.kind, Buffer.from(key.sha256).toString('hex')].join('\n')
    const flight = flights.get(flightKey) ?? uploadBytes(ports, account, key).finally(() => flights.delete(flightKey))
    flights.set(flightKey, flight)
    return flight
  }
}

const lostKey = ({ organizationId }: ChannelAccount, mediaId: string) => `${organizationId}\n${mediaId}`

/** What came from this account's WeChat is there under its own id: for three days, or for good where we could not fetch it. */
async function givenId(
  { table, nowMs }: UploadPorts,
  { organizationId, settings }: ChannelAccount,
  mediaId: string,
  known: KnownMedia | null,
): Promise<string | null> {
  const name = known === null ? null : await table.nameAtWechat(organizationId, mediaId)
  if (name === null || name.accountId !== settings.accountId) return null
  const isRecent = nowMs() - name.sinceMs < reusableForMs
  return isRecent || known?.state !== 'stored' ? name.id : null
}

async function uploadBytes(ports: UploadPorts, account: ChannelAccount, key: UploadKey): Promise<Result> {
  const bytes = await ports.files.read(key.organizationId, key.sha256)
  if (bytes === null) return failed('not-sent', 'the file is not there any more')
  const form = multipartOf(bytes, Buffer.from(ports.randomBytes(16)).toString('hex'))
  for (let tries = 1; ; tries += 1) {
    const result = await callUpstream(ports, account, `/cgi-bin/media/upload?type=${key.kind}`, {
      ...form,
      method: 'POST',
      timeoutMs: 60_000,
      maxResponseBytes: 65_536,
    })
    const upstreamId =
      result.kind === 'answer' ? (result.fields?.['media_id'] ?? result.fields?.['thumb_media_id']) : undefined
    if (typeof upstreamId === 'string' && upstreamId !== '') {
      await ports.table.saveUploaded(key, upstreamId)
      return { kind: 'done', upstreamId }
    }
    if (result.kind === 'refused') return failed('refused', result.reason, result.code)
    if (tries >= 5) throw new Error('a file cannot be brought to WeChat now')
    await ports.sleep(result.kind === 'failed' ? result.retryAfterMs : 2_000)
  }
}

async function forgetStored(
  ports: UploadPorts,
  account: ChannelAccount,
  media: MediaToUpload,
  upstreamId: string,
): Promise<void> {
  const { organizationId, settings } = account
  const stored = await ports.table.find(organizationId, media.mediaId)
  if (stored?.state !== 'stored') return
  const key = { organizationId, accountId: settings.accountId, kind: media.kind, sha256: stored.sha256 }
  await ports.table.forgetUploaded(key, upstreamId)
}

function failed(outcome: 'refused' | 'not-sent', reason: string, code?: number): Result {
  return { kind: 'failed', settlement: { outcome, code, reason } }
}

/** One field named `media`; the file name's ending tells WeChat the format (protocol reference, section 6.1). */
function multipartOf(bytes: Uint8Array, boundary: string) {
  const { contentType, extension } = mediaTypeOf(bytes)
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="media"; filename="file.${extension}"\r\nContent-Type: ${contentType}\r\n\r\n`
  const body = Buffer.concat([Buffer.from(head, 'latin1'), bytes, Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1')])
  return { body, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } }
}
