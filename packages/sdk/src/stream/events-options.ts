import type { EventType } from '@duoke/contract'

export type EventsOptions = {
  /** A cursor of an event or of a snapshot; without it, from now on. */
  readonly after?: string
  readonly types?: readonly EventType[]
  readonly view?: 'agent' | 'all'
  readonly signal?: AbortSignal
}
