import type { FastifyInstance } from 'fastify'
import type { StoredMedia } from '../model/media.ts'
import { type CheckedFile, checkMediaFile, type MediaType } from '../model/media-files.ts'
import type { VoiceCodec } from '../voice/voice-codec.ts'
import { readWave, writeWave } from '../voice/wave-file.ts'
import { type ControlContext, ControlError, type FollowerParams, followerOf } from './context.ts'
import { mediaQuerySchema } from './schemas.ts'

export const FOLLOWER = '/sim/accounts/:account/followers/:follower'
const MOST_SAMPLES = 60 * 8_000

interface MediaParams {
  media: string
}

/** Files on the phone: pictures and films as they are, voices as AMR, which no browser speaks. */
export function registerPhoneFiles(app: FastifyInstance, { world, voices }: Pick<ControlContext, 'world' | 'voices'>) {
  app.post<{ Params: FollowerParams; Querystring: { type: MediaType }; Body: unknown }>(
    `${FOLLOWER}/media`,
    { schema: { querystring: mediaQuerySchema } },
    async ({ params, query, body }, reply) => {
      followerOf(world, params)
      const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
      const checked = query.type === 'voice' ? await checkVoice(voices, bytes) : checkMediaFile(query.type, bytes)
      if (checked.kind === 'refused') {
        throw new ControlError(400, 'bad-media', `WeChat does not take this file as ${query.type}: ${checked.errcode}.`)
      }
      const { id, contentType, seconds } = world.media.add(params.account, query.type, checked.file)
      return reply.code(201).send({ mediaId: id, contentType, seconds })
    },
  )

  app.get<{ Params: MediaParams }>('/sim/media/:media', ({ params }, reply) => {
    const media = fileOf(params)
    return reply.header('content-security-policy', 'sandbox').type(media.contentType).send(Buffer.from(media.bytes))
  })

  app.get<{ Params: MediaParams }>('/sim/media/:media/sound', async ({ params }, reply) => {
    const media = fileOf(params)
    if (media.extension !== 'amr') return reply.type(media.contentType).send(Buffer.from(media.bytes))
    return reply.type('audio/wav').send(Buffer.from(writeWave(await voices.toSamples(media.bytes))))
  })

  function fileOf({ media: id }: MediaParams): StoredMedia {
    const media = world.media.onPhone(id)
    if (!media) throw new ControlError(404, 'no-such-media', 'The phone has no such file.')
    return media
  }
}

/** The page records waves; a phone sends AMR. */
async function checkVoice(voices: VoiceCodec, bytes: Uint8Array): Promise<CheckedFile> {
  const samples = readWave(bytes)
  if (!samples) return checkMediaFile('voice', bytes)
  if (samples.length > MOST_SAMPLES) return { kind: 'refused', errcode: 45007 }
  return checkMediaFile('voice', await voices.toAmr(samples))
}
