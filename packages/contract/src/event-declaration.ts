import type { TSchema } from 'typebox'
import type { Scope } from './scopes.ts'

/**
 * Every event of the log, declared once: what is decided here is what is stored, pushed, posted, yielded and folded.
 * `facts` carry internal ids only; whatever identifies or quotes a person is in `personal`, which erasure empties.
 * Changes are additive; a change of meaning is a new version.
 */
export type EventDeclaration = {
  readonly version: number
  readonly scope: Scope
  readonly summary: string
  readonly facts: TSchema
  readonly personal?: TSchema
  /** The scope that shows `personal`; without it the event comes without. */
  readonly personalScope?: Scope
}
export const declare = <const D extends EventDeclaration>(declaration: D): D => declaration
