import type { Agent, Conversation, Me } from '@duoke/contract'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { type Counts, countsOf, rowsOf, type Tab } from './conversation-list.ts'
import { type Live, liveStore, meOf, selfOf } from './live-store.ts'
import { type Outgoing, stillOut } from './outbox.ts'
import type { Thread } from './thread.ts'

export function useLive<T>(select: (live: Live) => T): T {
  return useStore(liveStore, select)
}

export function useMe(): Me | undefined {
  return useLive(meOf)
}

export function useSelf(): Agent | undefined {
  return useLive(selfOf)
}

export function useConversation(id: string | undefined): Conversation | undefined {
  return useLive((live) => (id === undefined ? undefined : live.conversations.get(id)))
}

export function useRows(tab: Tab): readonly Conversation[] {
  return useStore(
    liveStore,
    useShallow((live) => rowsOf(live.conversations, tab, selfOf(live)?.id)),
  )
}

export function useCounts(): Counts {
  return useStore(
    liveStore,
    useShallow((live) => countsOf(live.conversations, selfOf(live)?.id)),
  )
}

export function useThread(id: string): Thread | undefined {
  return useLive((live) => live.threads.get(id))
}

const nothing: readonly Outgoing[] = []

export function useOutgoing(id: string): readonly Outgoing[] {
  return useStore(
    liveStore,
    useShallow((live) => {
      const out = stillOut(live.outbox, id, live.threads.get(id)?.messages ?? [])
      return out.length === 0 ? nothing : out
    }),
  )
}

export function useAgentName(id: string | undefined): string | undefined {
  return useLive((live) => (id === undefined ? undefined : (live.agents.get(id)?.nickname ?? id)))
}

/** Of the conversations that are here: an account without any needs no name in the list. */
export function useHasSeveralAccounts(): boolean {
  return useLive(({ conversations }) => {
    let first: string | undefined
    for (const { account } of conversations.values()) {
      first ??= account.id
      if (account.id !== first) return true
    }
    return false
  })
}
