import { actorOf, agentOf } from '../http/caller.ts'
import type { Handlers } from '../http/handler.ts'
import { Refused } from '../http/refused.ts'
import { submitFor } from '../http/submit.ts'
import type { CommandPorts } from './commands.ts'
import { hasUnseenMentions, listMentions, listNotes, noteOf } from './notes.ts'
import { readConversations } from './queries.ts'

export type NotePorts = CommandPorts & { readonly nowMs: () => number }

type NoteOperations = 'writeNote' | 'listNotes' | 'listMentions' | 'seeMentions'

/** What colleagues write to each other beside a conversation. */
export function noteHandlers({ log, reads, nowMs }: NotePorts): Pick<Handlers, NoteOperations> {
  return {
    async writeNote({ caller, params, body, retryKey }) {
      const { conversationId } = params
      const command = { type: 'conversation.note', actor: actorOf(caller), conversationId, ...body } as const
      const { events } = await submitFor(log, caller, command, { key: retryKey })
      const noted = events.find((event) => event.type === 'conversation.noted')
      if (noted === undefined) throw new Error('an accepted note is not in the log')
      return { body: noteOf(noted) }
    },
    listNotes: ({ caller, params, query }) =>
      reads.snapshot(caller.org, async (tx) => {
        const [conversation] = await readConversations(tx, caller.org, [params.conversationId], nowMs())
        if (conversation === undefined) throw new Refused('not_found')
        return listNotes(tx, caller.org, params.conversationId, query)
      }),
    async listMentions({ caller, query }) {
      const agentId = agentOf(caller)
      return reads.snapshot(caller.org, (tx) => listMentions(tx, caller.org, agentId, query))
    },
    async seeMentions({ caller, body, retryKey }) {
      const agentId = agentOf(caller)
      const { upTo } = body
      const isNew = await reads.read(caller.org, (tx) => hasUnseenMentions(tx, caller.org, agentId, upTo))
      const command = { type: 'agent.see-mentions', actor: actorOf(caller), agentId, upTo } as const
      if (isNew) await submitFor(log, caller, command, { key: retryKey })
      return {}
    },
  }
}
