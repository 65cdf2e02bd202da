import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Refused } from '../http/refused.ts'
import { fileAnswer } from './media-answer.ts'
import type { MediaForm, MediaPort } from './media-port.ts'

/** An address on the media's own origin works this long, for one file, for whoever was shown it. */
const lastsMs = 5 * 60_000
/** A link in the record lasts longer: who copies a record fetches its files after its pages. */
const recordLastsMs = 60 * 60_000

/**
 * DUOKE_MEDIA_URL serves files from an origin without cookies, so that even a file that a browser takes for a page has nothing
 * there to steal (U4). The address carries no token: only a proof, for a few minutes, that its reader may see this one file.
 */
export type MediaOrigin = {
  /** Where to send a browser for a file; null when files are served from our own origin. */
  linkTo(org: string, mediaId: string, form: MediaForm): string | null
  /** An address that opens this one file for whoever has it, for an hour; on our own origin when there is no other. */
  recordLink(org: string, mediaId: string): { readonly url: string; readonly untilMs: number }
  register(app: FastifyInstance): void
}

export function createMediaOrigin(ports: {
  readonly mediaUrl: string | null
  readonly key: Uint8Array
  readonly media: MediaPort
  readonly nowMs: () => number
  readonly publicUrl: () => string
}): MediaOrigin {
  const { mediaUrl, key, media, nowMs, publicUrl } = ports
  const proof = (org: string, mediaId: string, untilMs: number) =>
    createHmac('sha256', key).update(`${org}\n${mediaId}\n${untilMs}`).digest('base64url').slice(0, 32)
  const address = (origin: string, org: string, mediaId: string, untilMs: number) =>
    `${origin}/media/${org}/${mediaId}?until=${untilMs}&proof=${proof(org, mediaId, untilMs)}`

  return {
    linkTo(org, mediaId, form) {
      if (mediaUrl === null) return null
      return `${address(mediaUrl, org, mediaId, nowMs() + lastsMs)}${form === 'playable' ? '&form=playable' : ''}`
    },
    recordLink(org, mediaId) {
      const untilMs = nowMs() + recordLastsMs
      return { url: address(mediaUrl ?? publicUrl(), org, mediaId, untilMs), untilMs }
    },
    register(app) {
      type Route = {
        Params: { org: string; mediaId: string }
        Querystring: { until?: string; proof?: string; form?: string }
      }
      app.get<Route>('/media/:org/:mediaId', async ({ params, query }, reply) => {
        const untilMs = Number(query.until)
        const expected = Buffer.from(proof(params.org, params.mediaId, untilMs))
        const given = Buffer.from(String(query.proof))
        const isRight = given.length === expected.length && timingSafeEqual(given, expected)
        if (!isRight || !(untilMs > nowMs())) throw new Refused('not_found')
        const { file, contentType, headers } = await fileAnswer(
          media,
          params.org,
          params.mediaId,
          query.form === 'playable' ? 'playable' : 'original',
        )
        return reply.headers(headers).type(contentType).send(file)
      })
    },
  }
}
