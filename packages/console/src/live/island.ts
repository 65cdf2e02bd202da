import { client } from './client.ts'
import { liveStore, putThread } from './live-store.ts'
import { changeIsland, islandOf, lookingStore } from './looking.ts'
import { joined, type Thread, threadOf, withOlder } from './thread.ts'

const around = 30
const pageSize = 50
let visits = 0

/** Shows a message, however far up it stands: what lies between it and the newest ones is not read. */
export async function goTo(conversationId: string, position: number): Promise<void> {
  visits += 1
  const visit = visits
  await threadOfPage(conversationId)
  const before = lookingStore.getState().looking
  const here = before?.conversationId === conversationId ? before : null
  const known = here?.island ?? liveStore.getState().threads.get(conversationId)
  if (known !== undefined && covers(known, position)) {
    lookingStore.setState({ looking: { list: 0, island: null, ...here, conversationId, position, visit } })
    return
  }
  const [older, newer] = await Promise.all([
    client.conversations.messages(conversationId, { from: position, limit: around }),
    client.conversations.messages(conversationId, { from: position + 1, order: 'oldest', limit: around }),
  ])
  // Somebody may have gone elsewhere meanwhile.
  if (visit !== visits) return
  const { lines = [] } = liveStore.getState().threads.get(conversationId) ?? {}
  const island = { ...threadOf([...newer.items.toReversed(), ...older.items], older.next, undefined), lines }
  lookingStore.setState({ looking: { conversationId, position, visit, list: visit, island } })
  if (newer.next === null || reachesThread(conversationId)) growTogether(conversationId)
}

/** The page of the conversation reads its newest messages first of all. */
function threadOfPage(conversationId: string): Promise<void> {
  const isThere = () => liveStore.getState().threads.has(conversationId)
  if (isThere()) return Promise.resolve()
  return new Promise((resolve) => {
    const stop = liveStore.subscribe(() => {
      if (!isThere()) return
      stop()
      resolve()
    })
  })
}

export async function loadNewer(conversationId: string): Promise<void> {
  const last = islandOf(conversationId)?.messages.at(-1)
  if (last === undefined) return
  const page = await client.conversations.messages(conversationId, {
    from: last.position + 1,
    order: 'oldest',
    limit: pageSize,
  })
  changeIsland(conversationId, (island) => joined(island, page.items))
  if (page.next === null || reachesThread(conversationId)) growTogether(conversationId)
}

export async function loadOlderOfIsland(conversationId: string): Promise<void> {
  const after = islandOf(conversationId)?.older
  if (after === null || after === undefined) return
  const page = await client.conversations.messages(conversationId, { limit: pageSize, after })
  changeIsland(conversationId, (island) => (island.older === after ? withOlder(island, page.items, page.next) : island))
}

function covers({ messages }: Thread, position: number): boolean {
  return messages.some((message) => message.position === position)
}

function reachesThread(conversationId: string): boolean {
  const first = liveStore.getState().threads.get(conversationId)?.messages[0]
  const last = islandOf(conversationId)?.messages.at(-1)
  return first !== undefined && last !== undefined && last.position >= first.position
}

/** Nothing is between the island and the thread any more: they are one, and what was read is kept. */
function growTogether(conversationId: string): void {
  const island = islandOf(conversationId)
  if (island === null) return
  putThread(conversationId, (thread) => thread && { ...joined(thread, island.messages), older: island.older })
  lookingStore.setState(({ looking }) => ({ looking: looking && { ...looking, island: null } }))
}
