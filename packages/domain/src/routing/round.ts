import type { ConversationState } from '../conversation/state.ts'

/** Within one round nobody is asked twice. */
export function roundOf({ offerRound }: ConversationState, isNewRound: boolean): number {
  return Math.max(1, isNewRound ? offerRound + 1 : offerRound)
}
