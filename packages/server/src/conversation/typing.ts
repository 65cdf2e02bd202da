import type { Caller } from '../http/caller.ts'
import { Refused } from '../http/refused.ts'
import type { Reads } from '../http/snapshot.ts'
import { readConversations } from './queries.ts'

export type Typing = {
  /** Shows the customer that the caller writes. WeChat shows it for some seconds, so more often than that tells nothing new. */
  show(caller: Caller, conversationId: string): Promise<void>
}

const againAfterMs = 5000
const mostRemembered = 10_000

export function createTyping(ports: {
  readonly reads: Reads
  readonly nowMs: () => number
  /** Says it to WeChat; not waited for, and what becomes of it changes nothing. */
  readonly showToCustomer: (org: string, conversationId: string) => void
}): Typing {
  const shown = new Map<string, number>()
  return {
    async show(caller, conversationId) {
      const { org, holder, scopes } = caller
      const [conversation] = await ports.reads.read(org, (tx) =>
        readConversations(tx, org, [conversationId], ports.nowMs()),
      )
      if (conversation === undefined) throw new Refused('not_found')
      const holds =
        (holder.kind === 'agent' && conversation.assignee === holder.agentId) ||
        (holder.kind === 'app' && conversation.holder.kind === 'app' && conversation.holder.appId === holder.appId)
      if (!holds && !scopes.has('messages:send:any')) {
        throw new Refused('not_held', { holder: conversation.holder })
      }
      const key = `${org}/${conversationId}`
      const now = ports.nowMs()
      if (now - (shown.get(key) ?? Number.NEGATIVE_INFINITY) < againAfterMs) return
      shown.delete(key)
      shown.set(key, now)
      if (shown.size > mostRemembered) shown.delete(shown.keys().next().value ?? '')
      ports.showToCustomer(org, conversationId)
    },
  }
}
