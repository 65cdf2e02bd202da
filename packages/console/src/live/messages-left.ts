import { client } from './client.ts'
import { isLeftOpen } from './conversation-list.ts'
import { liveStore, putConversations } from './live-store.ts'

const pageSize = 200
/** More than these nobody works off from one list. */
const most = 1_000
/** So many the server tells of by their ids at once. */
const atOnce = 100

/** Reads what is left and open. What is known as such and is not among it was taken or resolved meanwhile. */
export async function readMessagesLeft(): Promise<void> {
  const known = [...liveStore.getState().conversations.values()].filter(isLeftOpen).map(({ id }) => id)
  const found = new Set<string>()
  let page = await client.messagesLeft.list({ limit: pageSize })
  for (;;) {
    putConversations(page.items)
    for (const { id } of page.items) found.add(id)
    const next = found.size < most ? page.nextPage() : undefined
    if (next === undefined) break
    page = await next
  }
  const gone = known.filter((id) => !found.has(id))
  for (let from = 0; from < gone.length; from += atOnce) {
    const ids = gone.slice(from, from + atOnce)
    putConversations((await client.conversations.list({ ids: ids.join(','), limit: atOnce })).items)
  }
}
