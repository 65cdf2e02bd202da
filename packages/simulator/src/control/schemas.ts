import { MENU_BUTTON_TYPES } from '../model/account.ts'
import { MEDIA_TYPES } from '../model/media-files.ts'
import { QUOTA_TABLE_IDS } from '../model/quota.ts'

/** JSON Schemas of the control API's bodies: what they let through is what the routes may rely on. */

const name = { type: 'string', minLength: 1, maxLength: 200 } as const
const id = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' } as const
const line = { type: 'string', maxLength: 4_096 } as const
const mediaId = { type: 'string', minLength: 1, maxLength: 128 } as const
const latitude = { type: 'number', minimum: -90, maximum: 90 } as const
const longitude = { type: 'number', minimum: -180, maximum: 180 } as const
const longestWaitMs = { type: 'integer', minimum: 0, maximum: 366 * 24 * 3600_000 } as const

function object(properties: Record<string, unknown>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((property) => !optional.includes(property))
  return { type: 'object', additionalProperties: false, required, properties }
}

function variants(tag: string, options: Record<string, unknown>[]) {
  return { type: 'object', discriminator: { propertyName: tag }, required: [tag], oneOf: options }
}

function action(type: string, properties: Record<string, unknown> = {}, optional: readonly string[] = []) {
  return object({ type: { const: type }, ...properties }, optional)
}

const scene = { type: 'string', minLength: 1, maxLength: 64 } as const
const ticket = { type: 'string', minLength: 1, maxLength: 512 } as const
const video = { mediaId, thumbMediaId: mediaId }

export const actionSchema = variants('type', [
  action('text', { text: { type: 'string', minLength: 1, maxLength: 65_536 } }),
  action('image', { mediaId }),
  action('voice', { mediaId }),
  action('video', video),
  action('short-video', video),
  action('location', { latitude, longitude, scale: { type: 'number', minimum: 1, maximum: 28 }, label: line }, [
    'scale',
  ]),
  action('link', { title: line, description: line, url: line }),
  action('file', { title: line, size: { type: 'integer', minimum: 0, maximum: 4_294_967_296 } }),
  action('menu', {
    path: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'integer', minimum: 0, maximum: 4 } },
  }),
  action('menu-choice', { id: { type: 'string', minLength: 1, maxLength: 128 }, content: line }),
  action('follow', { scene, ticket }, ['scene', 'ticket']),
  action('unfollow'),
  action('scan', { scene, ticket }, ['ticket']),
  action('enter', { sessionFrom: line }),
  action('mini-program-page', { title: line, pagePath: line }),
  action('report-location', { latitude, longitude, precision: { type: 'number', minimum: 0, maximum: 100_000 } }),
  action('raw', { fields: { type: 'object', minProperties: 1, maxProperties: 64 } }),
])

export const followerSchema = object(
  { id, name, openid: { type: 'string', pattern: '^o[A-Za-z0-9_-]{27}$' }, follows: { type: 'boolean' } },
  ['id', 'openid', 'follows'],
)

const menuButton = object(
  {
    name,
    type: { enum: [...MENU_BUTTON_TYPES] },
    key: line,
    url: line,
    children: { type: 'array', maxItems: 5, items: { type: 'object' } },
  },
  ['type', 'key', 'url', 'children'],
)

const settings = {
  name,
  kind: { enum: ['official-account', 'mini-program'] },
  originalId: { type: 'string', pattern: '^gh_[0-9a-f]{12}$' },
  appId: { type: 'string', pattern: '^wx[0-9a-f]{16}$' },
  appSecret: { type: 'string', minLength: 1, maxLength: 128 },
  token: { type: 'string', pattern: '^[A-Za-z0-9]{3,32}$' },
  encodingAesKey: { type: 'string', pattern: '^[A-Za-z0-9+/]{43}$' },
  mode: { enum: ['plain', 'compatible', 'safe'] },
  format: { enum: ['xml', 'json'] },
  pushUrl: { anyOf: [{ type: 'null' }, { type: 'string', pattern: '^https?://', maxLength: 2_048 }] },
  ipWhitelist: { type: 'array', maxItems: 100, items: { type: 'string', maxLength: 64 } },
  menu: { type: 'array', maxItems: 3, items: menuButton },
  agents: { type: 'array', maxItems: 100, items: object({ account: name, nickname: name, id: name }) },
} as const

const OPTIONAL_SETTINGS = ['kind', 'encodingAesKey', 'mode', 'format', 'pushUrl', 'ipWhitelist', 'menu', 'agents']

export const accountSchema = object({ id, ...settings }, OPTIONAL_SETTINGS)
export const accountChangeSchema = object(settings, Object.keys(settings))

const errcode = { type: 'integer', minimum: -1, maximum: 999_999 } as const
const recorded = { type: 'boolean' } as const

function fault(kind: string, properties: Record<string, unknown> = {}, optional: readonly string[] = []) {
  return object({ kind: { const: kind }, ...properties }, optional)
}

const apiFault = variants('kind', [
  fault('delay', { ms: longestWaitMs }),
  fault('hang'),
  fault('cut', { when: { enum: ['before', 'after', 'in-answer'] } }),
  fault('errcode', { errcode, recorded }, ['recorded']),
  fault('html', { status: { type: 'integer', minimum: 200, maximum: 599 }, recorded }, ['status', 'recorded']),
  fault('truncated-json'),
  fault('doubled-json'),
])

const pushFault = variants('kind', [
  fault('delay', { ms: longestWaitMs }),
  fault('duplicate', { copies: { type: 'integer', minimum: 1, maximum: 10 }, gapMs: longestWaitMs }),
  fault('reorder'),
  fault('cut'),
  fault('lose'),
])

const aim = {
  times: { type: 'integer', minimum: 1, maximum: 1_000_000 },
  account: { type: 'string', maxLength: 64 },
  openid: { type: 'string', maxLength: 64 },
} as const

export const faultSchema = variants('target', [
  object({ target: { const: 'api' }, fault: apiFault, path: line, ...aim }, ['path', 'times', 'account', 'openid']),
  object({ target: { const: 'push' }, fault: pushFault, ...aim }, ['times', 'account', 'openid']),
])

export const limitSchema = object({ path: line, dailyLimit: { type: 'integer', minimum: 0 } })
export const quotaTableSchema = object({ id: { enum: [...QUOTA_TABLE_IDS] } })
export const advanceSchema = object({ ms: longestWaitMs })
export const demoSchema = object({ text: { type: 'string', minLength: 1, maxLength: 2_000 } }, ['text'])
export const mediaQuerySchema = object({ type: { enum: [...MEDIA_TYPES] } })

const step = (properties: Record<string, unknown>) => object({ afterMs: longestWaitMs, ...properties }, ['afterMs'])

export const scriptSchema = object({
  steps: {
    type: 'array',
    minItems: 1,
    maxItems: 10_000,
    items: {
      anyOf: [
        step({ fault: faultSchema }),
        step({ act: actionSchema, account: id, follower: id }),
        step({ invalidateTokens: id }),
        step({ expireMedia: mediaId, account: id }),
      ],
    },
  },
})
