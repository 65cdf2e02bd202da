import { type ErrorMeaning, errorRows, legacyErrorCodes } from './error-rows.ts'

export interface ErrorCode {
  readonly code: number
  readonly errmsg: string
  readonly meaning: ErrorMeaning
  /** Only the customer-service system of 2014 to 2016 answers it. */
  readonly legacy: boolean
}

export const errorCodes: ReadonlyMap<number, ErrorCode> = new Map(
  errorRows.map(([code, meaning, errmsg]) => [code, { code, errmsg, meaning, legacy: legacyErrorCodes.has(code) }]),
)

/**
 * A code this table does not list was still answered by WeChat, so the call was refused; a negative one is of the
 * "system" kind, after which nobody knows.
 */
export function meaningOf(errcode: number): ErrorMeaning {
  return errorCodes.get(errcode)?.meaning ?? (errcode < 0 ? 'unknown' : 'refused')
}

/** The text WeChat answers with a code. */
export function errorMessage(errcode: number): string {
  return errorCodes.get(errcode)?.errmsg ?? 'system error'
}
