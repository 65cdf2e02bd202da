import type { Failpoint } from '../events/failpoint.ts'
import type { AccountDirectory, ChannelAccount } from './account-directory.ts'
import type { EgressResponse } from './egress.ts'
import type { MediaStore } from './media-store.ts'
import type { MediaTable, PendingMedia } from './media-table.ts'
import { looksLikeText, mediaTypeOf } from './media-type.ts'
import { callUpstream, type UpstreamPorts } from './upstream-call.ts'
import { keepPlayable } from './voice/playable.ts'

/** Fetches the files of received messages at once: WeChat keeps them for three days and then they are gone (F44). */
export type MediaFetcher = AsyncDisposable & {
  wake(): void
  /** Fetches what is due, once; answers how many files it tried. */
  poll(): Promise<number>
}

export type MediaFetchPorts = UpstreamPorts & {
  readonly table: Pick<MediaTable, 'takePending' | 'renew' | 'setStored' | 'setPlayable' | 'postpone' | 'expire'>
  readonly files: Pick<MediaStore, 'put'>
  readonly directory: AccountDirectory
  readonly nowMs: () => number
  readonly failpoint: Failpoint
  readonly onError: (error: unknown) => void
  /** 0: only `poll` and `wake` do anything. */
  readonly pollEveryMs?: number
}

const keptByWechatMs = 3 * 24 * 3_600_000
const firstRetryMs = 2_000
const longestRetryMs = 3_600_000
const fetchWithinMs = 60_000
/** Short and renewed while we fetch, so that what a killed server had taken is fetched a moment after its end (F02). */
const leaseMs = 3_000
const renewEveryMs = 1_000
const atOnce = 8
/** More than WeChat lets anybody send. */
const largestBytes = 64 * 1024 * 1024
const goneCodes = new Set([40007, 46001])

type Fetched =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'gone' }
  | { readonly kind: 'later'; readonly reason: string }

export function startMediaFetcher(ports: MediaFetchPorts): MediaFetcher {
  const { table } = ports
  let running: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  let isAwake = false

  async function poll(): Promise<number> {
    const due = await table.takePending(atOnce, leaseMs)
    await Promise.all(due.map((media) => settleLeased(ports, media).catch(ports.onError)))
    return due.length
  }

  async function drain(): Promise<void> {
    while (isAwake && !isClosed) {
      isAwake = false
      while (!isClosed && (await poll()) === atOnce);
    }
  }

  let isDraining = false
  function wake(): void {
    isAwake = true
    if (isDraining || isClosed) return
    isDraining = true
    running = drain()
      .catch(ports.onError)
      .finally(() => {
        isDraining = false
      })
  }

  if (ports.pollEveryMs !== 0) {
    timer = setInterval(wake, ports.pollEveryMs ?? 1_000).unref()
    wake()
  }
  return {
    wake,
    poll,
    async [Symbol.asyncDispose]() {
      isClosed = true
      clearInterval(timer)
      await running
    },
  }
}

async function settleLeased(ports: MediaFetchPorts, media: PendingMedia): Promise<void> {
  const { table } = ports
  const renewal = setInterval(() => void table.renew(media, leaseMs).catch(ports.onError), renewEveryMs)
  try {
    await settle(ports, media)
  } finally {
    clearInterval(renewal)
  }
}

async function settle(ports: MediaFetchPorts, media: PendingMedia): Promise<void> {
  const { table } = ports
  const account = await ports.directory.find(media.accountId)
  const isOver = ports.nowMs() - media.createdAtMs > keptByWechatMs
  if (isOver) return table.expire(media)
  const fetched: Fetched =
    account === null ? { kind: 'later', reason: 'no account' } : await fetchMedia(ports, account, media)
  switch (fetched.kind) {
    case 'bytes': {
      const { sha256, size } = await ports.files.put(media.organizationId, fetched.bytes)
      ports.failpoint('media_fetched')
      const { contentType } = mediaTypeOf(fetched.bytes)
      await table.setStored(media, { sha256, size, contentType })
      // The file is kept by now: what fails here is made up for when somebody listens.
      if (contentType === 'audio/amr') await keepPlayable(ports, media, fetched.bytes).catch(ports.onError)
      return
    }
    case 'gone':
      return table.expire(media)
    case 'later':
      return table.postpone(media, Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(media.attempts - 1, 12)))
    default:
      return fetched satisfies never
  }
}

async function fetchMedia(ports: MediaFetchPorts, account: ChannelAccount, media: PendingMedia): Promise<Fetched> {
  const path = `/cgi-bin/media/get?media_id=${encodeURIComponent(media.upstreamId)}`
  const result = await callUpstream(ports, account, path, {
    method: 'GET',
    timeoutMs: fetchWithinMs,
    maxResponseBytes: largestBytes,
  })
  switch (result.kind) {
    case 'refused':
      return goneCodes.has(result.code)
        ? { kind: 'gone' }
        : { kind: 'later', reason: `${result.code} ${result.reason}` }
    case 'failed':
      return { kind: 'later', reason: result.reason }
    case 'answer': {
      const videoUrl = result.fields?.['video_url'] ?? result.fields?.['down_url']
      if (typeof videoUrl === 'string') return fetchVideo(ports, account, videoUrl)
      return fileOf(result.response)
    }
    default:
      return result satisfies never
  }
}

/** A video is not sent but pointed at (protocol reference, section 6.2). The address is WeChat's word, not the operator's. */
async function fetchVideo(ports: MediaFetchPorts, account: ChannelAccount, url: string): Promise<Fetched> {
  const isSameOrigin = URL.parse(url)?.origin === URL.parse(account.settings.apiBase)?.origin
  const result = await ports.egress.request({
    url,
    method: 'GET',
    timeoutMs: fetchWithinMs,
    maxResponseBytes: largestBytes,
    trust: isSameOrigin ? 'operator' : 'guarded',
  })
  if (result.sent !== 'yes') return { kind: 'later', reason: result.error.message }
  return result.status === 200 ? fileOf(result) : { kind: 'later', reason: `HTTP ${result.status}` }
}

function fileOf({ body }: EgressResponse): Fetched {
  if (body.byteLength === 0) return { kind: 'later', reason: 'an empty file' }
  if (mediaTypeOf(body).kind === null && looksLikeText(body))
    return { kind: 'later', reason: 'a page instead of a file' }
  return { kind: 'bytes', bytes: body }
}
