import { isMine } from './conversation-list.ts'
import { liveStore, selfId } from './live-store.ts'

/** Threads that nobody follows any more would grow stale and fill the memory of a long day. */
export function forgetOtherThreads(currentId: string): void {
  const { threads, conversations } = liveStore.getState()
  const self = selfId()
  const kept = [...threads].filter(([id]) => {
    const conversation = conversations.get(id)
    return id === currentId || (conversation !== undefined && isMine(conversation, self))
  })
  if (kept.length < threads.size) liveStore.setState({ threads: new Map(kept) })
}
