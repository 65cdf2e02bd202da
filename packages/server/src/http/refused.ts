import { type ErrorCode, errors } from '@duoke/contract'

type Details = {
  readonly detail?: string
  /** Who holds the conversation, when that is the reason. */
  readonly holder?: unknown
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

/** An answer of the catalogue instead of a result. Thrown by the operations, written by `presentError` alone. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: ErrorCode
  readonly details: Details

  constructor(code: ErrorCode, details: Details = {}) {
    super(details.detail ?? errors[code].sentence, { cause: details.cause })
    this.code = code
    this.details = details
  }
}
