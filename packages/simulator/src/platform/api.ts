import type { AccountSettings } from '../model/account.ts'
import type { StoredMedia } from '../model/media.ts'
import type { Account, World } from '../model/world.ts'

/** One call of WeChat's API as it came in. */
export interface ApiCall {
  method: string
  path: string
  query: Readonly<Record<string, string>>
  body: Uint8Array
  upload: Upload | null
  ip: string
  /** Where the caller reached us: `video_url` and the like point there. */
  origin: string
}

export interface Upload {
  fieldName: string
  bytes: Uint8Array
}

export type ApiAnswer =
  | { kind: 'json'; value: Readonly<Record<string, unknown>> }
  | { kind: 'error'; errcode: number; hint?: string }
  | { kind: 'media'; media: StoredMedia }

export type Endpoint = TokenEndpoint | OpenEndpoint

interface TokenEndpoint {
  method: 'GET' | 'POST' | 'either'
  path: string
  auth: 'token'
  run(context: ApiContext): ApiAnswer
}

/** Called without a token: the endpoint finds the account itself, from appid and secret. */
interface OpenEndpoint {
  method: 'GET' | 'POST'
  path: string
  auth: 'none'
  run(context: OpenContext): ApiAnswer
}

export interface OpenContext {
  world: World
  call: ApiCall
}

export interface ApiContext extends OpenContext {
  /** The token's account. */
  account: Account
  settings: AccountSettings
}

export const OK: ApiAnswer = { kind: 'json', value: { errcode: 0, errmsg: 'ok' } }

export function json(value: Readonly<Record<string, unknown>>): ApiAnswer {
  return { kind: 'json', value }
}

export function refuse(errcode: number, hint?: string): ApiAnswer {
  return hint === undefined ? { kind: 'error', errcode } : { kind: 'error', errcode, hint }
}

/** Thrown by the readers below and turned into the answer by the dispatcher; nothing else throws here. */
export class ApiRefusal extends Error {
  readonly errcode: number

  constructor(errcode: number) {
    super(`errcode ${errcode}`)
    this.name = 'ApiRefusal'
    this.errcode = errcode
  }
}

export type JsonObject = Readonly<Record<string, unknown>>

/** Whatever Content-Type says, as WeChat does. */
export function readJson(call: ApiCall): JsonObject {
  if (call.body.length === 0) throw new ApiRefusal(44002)
  const value = parse(call.body)
  if (!isObject(value)) throw new ApiRefusal(47001)
  return value
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new ApiRefusal(47001)
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function textIn(object: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined
  return typeof value === 'string' ? value : undefined
}

export function numberIn(object: JsonObject, name: string): number | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(object, name) ? object[name] : undefined
  return isObject(value) ? value : {}
}
