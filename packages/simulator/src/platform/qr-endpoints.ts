import {
  type ApiAnswer,
  type ApiContext,
  type Endpoint,
  json,
  numberIn,
  objectIn,
  readJson,
  refuse,
  textIn,
} from './api.ts'

const MOST_SECONDS = 2_592_000
const DEFAULT_SECONDS = 60
const MOST_PERMANENT = 100_000

/** Protocol reference, section 6.5. The picture is served without a token by `showqrcode`. */
export const qrEndpoints: Endpoint[] = [
  { method: 'POST', path: '/cgi-bin/qrcode/create', auth: 'token', run: createCode },
]

function createCode({ world, call, settings }: ApiContext): ApiAnswer {
  const body = readJson(call)
  const scene = objectIn(objectIn(body, 'action_info'), 'scene')
  const action = textIn(body, 'action_name') ?? ''
  const isText = action.endsWith('STR_SCENE')
  const value = isText ? textScene(textIn(scene, 'scene_str')) : numericScene(action, numberIn(scene, 'scene_id'))
  if (!['QR_SCENE', 'QR_STR_SCENE', 'QR_LIMIT_SCENE', 'QR_LIMIT_STR_SCENE'].includes(action)) return refuse(40097)
  if (value === undefined) return refuse(40097)
  const isPermanent = action.startsWith('QR_LIMIT')
  const life = isPermanent ? null : lifeSeconds(numberIn(body, 'expire_seconds'))
  const { ticket, url } = world.qrCodes.create(settings.id, value, life)
  return life === null ? json({ ticket, url }) : json({ ticket, expire_seconds: life, url })
}

function textScene(text: string | undefined): string | undefined {
  return text !== undefined && text.length >= 1 && text.length <= 64 ? text : undefined
}

function numericScene(action: string, id: number | undefined): string | undefined {
  const most = action === 'QR_LIMIT_SCENE' ? MOST_PERMANENT : 0xffffffff
  return id !== undefined && Number.isInteger(id) && id >= 1 && id <= most ? String(id) : undefined
}

function lifeSeconds(asked: number | undefined): number {
  if (asked === undefined) return DEFAULT_SECONDS
  return Math.min(MOST_SECONDS, Math.max(DEFAULT_SECONDS, Math.floor(asked)))
}
