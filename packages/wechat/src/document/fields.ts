export type DocumentFormat = 'xml' | 'json'

/**
 * What a document holds, whatever it was written in. Every leaf is text, numbers included: a 64-bit MsgId and the
 * message `0012` stay what they were.
 */
export type FieldValue = string | Fields | readonly FieldValue[]

export interface Fields {
  readonly [name: string]: FieldValue
}

export type DocumentRefusal =
  | 'empty'
  | 'too-large'
  | 'too-deep'
  | 'too-many-elements'
  | 'doctype'
  | 'duplicate-field'
  | 'not-well-formed'
  | 'wrong-root'
  | 'mixed-content'
  | 'wrong-encoding'

/** Thrown by the readers below; the public functions that take input from outside turn it into a returned refusal. */
export class DocumentError extends Error {
  readonly reason: DocumentRefusal

  constructor(reason: DocumentRefusal, detail = '') {
    super(detail === '' ? reason : `${reason}: ${detail}`)
    this.name = 'DocumentError'
    this.reason = reason
  }
}

/** No genuine document comes near these: the encrypted body is cut at 256 kB before it is opened. */
export const documentLimits = { characters: 262_144, depth: 16, elements: 4_096 } as const

export function isFields(value: FieldValue | undefined): value is Fields {
  return typeof value === 'object' && !Array.isArray(value)
}

export function textOf(fields: Fields, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  return typeof value === 'string' ? value : undefined
}

export function fieldValue(fields: Fields, name: string): FieldValue | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

const WHOLE = /^-?\d{1,15}$/
const DECIMAL = /^-?\d{1,15}(?:\.\d{1,20})?$/

export function wholeNumber(text: string | undefined): number | undefined {
  const trimmed = text?.trim()
  return trimmed !== undefined && WHOLE.test(trimmed) ? Number(trimmed) : undefined
}

export function decimalNumber(text: string | undefined): number | undefined {
  const trimmed = text?.trim()
  return trimmed !== undefined && DECIMAL.test(trimmed) ? Number(trimmed) : undefined
}
