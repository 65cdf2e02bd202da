import type { Command } from '@duoke/domain'
import { actorOf, agentOf, type Caller } from '../http/caller.ts'
import type { Handlers } from '../http/handler.ts'
import { Refused } from '../http/refused.ts'
import { submitFor } from '../http/submit.ts'
import type { CommandPorts } from './commands.ts'
import { handOverOf, reasonOf } from './control.ts'
import { readLive } from './live-figures.ts'
import { readConversations } from './queries.ts'
import { listWhispers, whisperOf } from './whispers.ts'

export type SupervisionPorts = CommandPorts & { readonly nowMs: () => number }

type SupervisionOperations =
  | 'watchConversation'
  | 'joinConversation'
  | 'leaveConversation'
  | 'takeOverConversation'
  | 'forceTransfer'
  | 'whisper'
  | 'listWhispers'
  | 'raiseHand'
  | 'lowerHand'
  | 'answerHand'
  | 'getLive'

/** What supervisors do beside or against the holder, and how agents ask for them. */
export function supervisionHandlers(ports: SupervisionPorts): Pick<Handlers, SupervisionOperations> {
  const { log, reads, nowMs } = ports
  const read = async (caller: Caller, conversationId: string) => {
    const [found] = await reads.read(caller.org, (tx) => readConversations(tx, caller.org, [conversationId], nowMs()))
    if (found === undefined) throw new Refused('not_found')
    return { body: found }
  }
  const change = async (caller: Caller, command: Command & { conversationId: string }, key: string | undefined) => {
    await submitFor(log, caller, command, { key })
    return read(caller, command.conversationId)
  }
  const target = (caller: Caller, conversationId: string) => ({ actor: actorOf(caller), conversationId })
  return {
    watchConversation: ({ caller, params, body, retryKey }) =>
      change(caller, { type: 'session.watch', ...target(caller, params.conversationId), ...reasonOf(body) }, retryKey),
    joinConversation: ({ caller, params, body, retryKey }) =>
      change(caller, { type: 'session.join', ...target(caller, params.conversationId), ...reasonOf(body) }, retryKey),
    leaveConversation: ({ caller, params, retryKey }) =>
      change(caller, { type: 'session.leave', ...target(caller, params.conversationId) }, retryKey),
    takeOverConversation: ({ caller, params, body, retryKey }) =>
      change(caller, seizeCommand(caller, params.conversationId, agentOf(caller), body), retryKey),
    forceTransfer: ({ caller, params, body, retryKey }) =>
      change(caller, seizeCommand(caller, params.conversationId, body.to.agentId, body), retryKey),
    async whisper({ caller, params, body, retryKey }) {
      const command = { type: 'session.whisper', ...target(caller, params.conversationId), text: body.text } as const
      const { events } = await submitFor(log, caller, command, { key: retryKey })
      const whispered = events.find((event) => event.type === 'session.whispered')
      if (whispered === undefined) throw new Error('an accepted whisper is not in the log')
      return { body: whisperOf(whispered) }
    },
    listWhispers: ({ caller, params, query }) =>
      reads.snapshot(caller.org, async (tx) => {
        const [conversation] = await readConversations(tx, caller.org, [params.conversationId], nowMs())
        if (conversation === undefined) throw new Refused('not_found')
        return listWhispers(tx, caller.org, params.conversationId, query)
      }),
    async getLive({ caller }) {
      return { body: await reads.read(caller.org, (tx) => readLive(tx, caller.org, nowMs())) }
    },
    raiseHand: ({ caller, params, body, retryKey }) =>
      change(
        caller,
        {
          type: 'session.raise-hand',
          ...target(caller, params.conversationId),
          ...reasonOf(body),
          ...(body.note !== undefined && { note: body.note }),
        },
        retryKey,
      ),
    lowerHand: ({ caller, params, retryKey }) =>
      change(caller, { type: 'session.lower-hand', ...target(caller, params.conversationId) }, retryKey),
    answerHand: ({ caller, params, body, retryKey }) =>
      change(
        caller,
        {
          type: 'session.answer-hand',
          ...target(caller, params.conversationId),
          ...(body.text !== undefined && { text: body.text }),
        },
        retryKey,
      ),
  }
}

type Seizing = { readonly reason?: string; readonly note?: string; readonly overCapacity?: boolean }

function seizeCommand(
  caller: Caller,
  conversationId: string,
  toAgentId: string,
  { note, overCapacity, ...rest }: Seizing,
): Command & { conversationId: string } {
  return {
    type: 'session.seize',
    actor: actorOf(caller),
    conversationId,
    toAgentId,
    ...(overCapacity !== undefined && { overCapacity }),
    ...handOverOf(note === undefined ? {} : { note }),
    ...reasonOf(rest),
  }
}
