import { errorMessage } from '@duoke/wechat'

/** What a call of the compatible interface is answered with. */
export type CompatibleAnswer =
  | { readonly kind: 'json'; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'error'; readonly errcode: number; readonly text: string }
  /** Somebody else's answer as it came, or a file. */
  | {
      readonly kind: 'bytes'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: Uint8Array
    }
  /** Nobody knows what became of it: the connection ends without an answer, as it does when WeChat times out. */
  | { readonly kind: 'hang-up' }

export const done: CompatibleAnswer = { kind: 'json', fields: { errcode: 0, errmsg: 'ok' } }

export function json(fields: Readonly<Record<string, unknown>>): CompatibleAnswer {
  return { kind: 'json', fields }
}

export function refusal(errcode: number, text = errorMessage(errcode)): CompatibleAnswer {
  return { kind: 'error', errcode, text }
}

/** Thrown wherever a call ends in an error of WeChat's table; the dispatcher writes it. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused'
  readonly errcode: number
  readonly text: string

  constructor(errcode: number, text = errorMessage(errcode)) {
    super(`errcode ${errcode}`)
    this.errcode = errcode
    this.text = text
  }
}

/** Sic: WeChat writes `encoding`, not `charset` (protocol reference, section 0). */
export const jsonType = 'application/json; encoding=utf-8'

/** Every error ends in a trace that `rid/get` explains for a day; nobody may compare the whole text. */
export function errorFields(errcode: number, text: string, rid: string): Readonly<Record<string, unknown>> {
  return { errcode, errmsg: `${text} rid: ${rid}` }
}
