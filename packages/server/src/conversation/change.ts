import type { Conversation } from '@duoke/contract'
import type { Command } from '@duoke/domain'
import { actorOf, type Caller } from '../http/caller.ts'
import { Refused } from '../http/refused.ts'
import { submitFor } from '../http/submit.ts'
import type { CommandPorts } from './commands.ts'
import { readConversations } from './queries.ts'

export type ChangePorts = Pick<CommandPorts, 'log' | 'reads'> & { readonly nowMs: () => number }

/** Submits a command about one conversation and answers the conversation as it is then. */
export async function change(
  ports: ChangePorts,
  caller: Caller,
  command: Command & { conversationId: string },
  key: string | undefined,
): Promise<{ readonly body: Conversation }> {
  await submitFor(ports.log, caller, command, { key })
  const [conversation] = await ports.reads.read(caller.org, (tx) =>
    readConversations(tx, caller.org, [command.conversationId], ports.nowMs()),
  )
  if (conversation === undefined) throw new Refused('not_found')
  return { body: conversation }
}

export const target = (caller: Caller, conversationId: string) => ({ actor: actorOf(caller), conversationId })
