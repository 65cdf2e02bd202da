import type { PublicEvent } from '@duoke/contract'
import { createStore } from 'zustand/vanilla'
import { client } from '../live/client.ts'
import { liveStore, putConversations, selfId } from '../live/live-store.ts'
import { tellNotices } from '../notice/tell-notices.ts'

/** How many notes in which one was mentioned were not seen yet; beyond a page the number does not matter. */
export const mentionsStore = createStore<{ readonly unseen: number }>(() => ({ unseen: 0 }))
const most = 100

export async function readUnseenMentions(): Promise<void> {
  if (selfId() === undefined) return
  const { items } = await client.me.mentions({ unseen: true, limit: most })
  mentionsStore.setState({ unseen: items.length })
}

/** What the log says about being mentioned: somebody did it, or another of one's own screens has shown it. */
export function takeMention(event: PublicEvent): void {
  if (event.type === 'agent.mentions-seen' && event.facts.agentId === selfId()) {
    readUnseenMentions().catch(() => {})
  }
  if (event.type !== 'conversation.noted') return
  const { actor, facts, position } = event
  const self = selfId()
  const isOwn = actor.kind === 'agent' && actor.agentId === self
  if (self === undefined || isOwn || !facts.mentions.includes(self)) return
  if (isBeforeOnesEyes(facts.conversationId)) {
    client.me.seeMentions(position).catch(() => {})
    return
  }
  mentionsStore.setState(({ unseen }) => ({ unseen: unseen + 1 }))
  tell(facts.conversationId).catch(() => {})
}

const isBeforeOnesEyes = (conversationId: string): boolean =>
  location.hash.endsWith(`/c/${conversationId}`) && document.visibilityState === 'visible' && document.hasFocus()

async function tell(conversationId: string): Promise<void> {
  const known = liveStore.getState().conversations.get(conversationId)
  const conversation = known ?? (await client.conversations.get(conversationId))
  if (known === undefined) putConversations([conversation])
  tellNotices([{ kind: 'mentioned', conversation }])
}
