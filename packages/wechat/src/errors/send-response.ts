import { DocumentError, type Fields, textOf, wholeNumber } from '../document/fields.ts'
import { readJson } from '../document/json-reader.ts'
import { decodeUtf8 } from '../document/read.ts'
import { meaningOf } from './error-codes.ts'

export interface SendResponse {
  readonly status: number
  readonly contentType?: string | undefined
  readonly body: string | Uint8Array
}

export interface InterpretOptions {
  /**
   * WeChat's "system busy" does not say whether the message went out. Unknown unless the operator knows better:
   * `retry` calls it refused and safe to send again.
   */
  readonly systemBusy?: 'unknown' | 'retry' | undefined
}

export type SendOutcome =
  | { readonly outcome: 'accepted' }
  | {
      readonly outcome: 'refused'
      readonly errcode: number
      readonly errmsg: string
      readonly retry: 'never' | 'later' | 'after-token-refresh'
    }
  | { readonly outcome: 'unknown'; readonly detail: string; readonly errcode?: number | undefined }

/**
 * What a sender may conclude from the answer. Only WeChat's own JSON with a code is believed, whatever the status and
 * content type say; anything else (a gateway's page, half an answer, two answers) leaves the outcome unknown.
 */
export function interpretSendResponse(response: SendResponse, options: InterpretOptions = {}): SendOutcome {
  const answer = readAnswer(response)
  if (typeof answer === 'string') return { outcome: 'unknown', detail: `HTTP ${response.status}: ${answer}` }
  const errcode = wholeNumber(textOf(answer, 'errcode'))
  if (errcode === undefined) return { outcome: 'unknown', detail: `HTTP ${response.status}: JSON without errcode` }
  const errmsg = textOf(answer, 'errmsg') ?? ''
  const meaning = meaningOf(errcode)
  switch (meaning) {
    case 'ok':
      return { outcome: 'accepted' }
    case 'unknown':
      if (options.systemBusy === 'retry') return { outcome: 'refused', errcode, errmsg, retry: 'later' }
      return { outcome: 'unknown', detail: `errcode ${errcode}: ${errmsg}`, errcode }
    case 'refresh-token':
      return { outcome: 'refused', errcode, errmsg, retry: 'after-token-refresh' }
    case 'retry':
      return { outcome: 'refused', errcode, errmsg, retry: 'later' }
    case 'refused':
      return { outcome: 'refused', errcode, errmsg, retry: 'never' }
    default:
      return meaning satisfies never
  }
}

function readAnswer(response: SendResponse): Fields | string {
  const text = typeof response.body === 'string' ? response.body : decodeUtf8(response.body)
  if (text === undefined) return 'not UTF-8'
  if (text.trim() === '') return 'empty body'
  try {
    return readJson(text)
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error
    const type = response.contentType === undefined ? '' : ` (${response.contentType.slice(0, 60)})`
    return `not WeChat's JSON${type}: ${text.slice(0, 80)}`
  }
}
