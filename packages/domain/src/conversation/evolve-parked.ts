import type { LoggedEvent } from '@duoke/contract'
import { msOf } from '../instant.ts'
import type { ConversationState } from './state.ts'

type Parked = Extract<LoggedEvent, { type: 'session.parked' }>

/** How long it is set aside: until the customer writes where no time is told. */
export function parkingIn({ facts: { until }, atMs, position }: Parked): ConversationState['parked'] {
  return { sinceMs: atMs, untilMs: until === null ? null : msOf(until), position }
}
