import type { PublicEvent } from '@duoke/contract'
import { applyToThread } from '@duoke/domain'
import { createStore } from 'zustand/vanilla'
import type { Thread } from './thread.ts'

/** Where in a thread somebody went: to a message that was found, or to a day. */
export type Looking = {
  readonly conversationId: string
  /** Of the message that is to be seen. */
  readonly position: number
  /** Of each going: to the same place again, too. */
  readonly visit: number
  /** The list begins anew with each island, and stays when the island has grown together with the rest. */
  readonly list: number
  /** The messages around the place, as long as others between them and the newest are not here. */
  readonly island: Thread | null
}

type State = {
  readonly looking: Looking | null
  /** What is searched for in the open conversation; null: the search is closed. */
  readonly finding: { readonly conversationId: string; readonly text: string } | null
}

export const lookingStore = createStore<State>(() => ({ looking: null, finding: null }))

/** What was looked for in a conversation ends with its page. */
export function forgetLooking(conversationId: string): void {
  lookingStore.setState(({ looking, finding }) => ({
    looking: looking?.conversationId === conversationId ? null : looking,
    finding: finding?.conversationId === conversationId ? null : finding,
  }))
}

/** Back to the newest messages. */
export function leaveIsland(): void {
  lookingStore.setState({ looking: null })
}

/** What becomes of messages is told of those on an island too; new ones are for the thread. */
export function applyToIsland(event: PublicEvent): void {
  if (event.type !== 'delivery.settled' && event.type !== 'message.recalled') return
  changeIsland(event.facts.conversationId, (island) => ({ ...island, messages: applyToThread(island.messages, event) }))
}

export function find(conversationId: string, text = ''): void {
  lookingStore.setState({ finding: { conversationId, text } })
}

export function endFinding(): void {
  lookingStore.setState({ finding: null })
}

export function islandOf(conversationId: string): Thread | null {
  const { looking } = lookingStore.getState()
  return looking?.conversationId === conversationId ? looking.island : null
}

export function changeIsland(conversationId: string, change: (island: Thread) => Thread): void {
  lookingStore.setState(({ looking }) =>
    looking?.conversationId !== conversationId || looking.island === null
      ? {}
      : { looking: { ...looking, island: change(looking.island) } },
  )
}
