import { isStorable } from '../../http/json-body.ts'
import type { ChannelAccount } from '../account-directory.ts'
import type { ChannelAttachment } from '../attachment-directory.ts'
import type { MediaOwner } from '../media-ids.ts'
import { CallRefused } from './answer.ts'

export type Fields = Readonly<Record<string, unknown>>

/** A call as it came in; the body whole, whatever its Content-Type says. */
export type Call = {
  readonly method: string
  readonly path: string
  /** The query as it was written, for whoever hands it on. */
  readonly search: string
  readonly query: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly contentType: string | undefined
  readonly ip: string
  readonly receivedMs: number
  /** Where the caller reached us: links of answers point there. */
  readonly origin: string
}

/** Who calls, found by the access token: one app on one account. */
export type Caller = {
  readonly organizationId: string
  readonly appId: string
  readonly scopes: ReadonlySet<string>
  readonly attached: ChannelAttachment
  readonly account: ChannelAccount
}

export function ownerOf({ organizationId, account }: Pick<Caller, 'organizationId' | 'account'>): MediaOwner {
  return { organizationId, accountId: account.settings.accountId }
}

const decoder = new TextDecoder('utf-8', { fatal: true })
const deepest = 32

/** The JSON object in the body. Text that no database and no phone can carry is no JSON here (F37). */
export function readFields({ body }: Pick<Call, 'body'>): Fields {
  if (body.byteLength === 0) throw new CallRefused(44002)
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(body))
  } catch {
    throw new CallRefused(47001)
  }
  if (!isFields(value) || !isCarried(value)) throw new CallRefused(47001)
  return value
}

/** Where documents disagree whether a value is in the query or in the body, both are read; the body of a GET says nothing. */
export function eitherFields(call: Pick<Call, 'body' | 'query' | 'method'>): Fields {
  return call.body.byteLength === 0 || call.method === 'GET' ? call.query : { ...call.query, ...readFields(call) }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text, also where a client sent a number. */
export function textIn(fields: Fields, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return typeof value === 'string' && isStorable(value) ? value : undefined
}

/** A whole number, also where a client sent it as a text. */
export function integerIn(fields: Fields, name: string): number | undefined {
  const text = textIn(fields, name)
  if (text === undefined || !/^-?\d{1,15}$/.test(text)) return undefined
  return Number(text)
}

function isCarried(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return isStorable(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth > deepest) return false
  return Object.entries(value).every(
    ([key, inner]) => key !== '__proto__' && isStorable(key) && isCarried(inner, depth + 1),
  )
}
