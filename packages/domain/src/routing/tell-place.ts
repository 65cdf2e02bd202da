import type { ConversationState } from '../conversation/state.ts'
import type { OrganizationState } from '../organization/state.ts'
import { expectedAfter, waitInWords } from './expected-wait.ts'
import { placeOf } from './place.ts'
import { servedKey } from './served-key.ts'

/** What a customer is told at once. */
export type Told = {
  readonly text: string
  /** The place in the queue that it tells; left out where it tells none. */
  readonly place?: number
}

/** What `{position}` and `{wait}` of a rule's words are at this moment, for somebody who waits. */
export function placeTold(
  state: OrganizationState,
  conversation: ConversationState,
  words: string,
  atMs: number,
): Told {
  if (!/\{(position|wait)\}/.test(words)) return { text: words }
  const place = placeOf(state, conversation, atMs)
  const served = state.served.get(servedKey(conversation)) ?? []
  const wait = waitInWords(expectedAfter(place, served, atMs), state.settings?.language ?? 'zh-CN')
  return { text: words.replaceAll('{position}', String(place)).replaceAll('{wait}', wait), place }
}
