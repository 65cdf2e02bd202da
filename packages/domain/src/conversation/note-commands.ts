import type { Actor } from '@duoke/contract'

/** What colleagues write to each other beside a conversation, and that they have seen it. */
export type NoteCommand =
  | {
      readonly type: 'conversation.note'
      readonly actor: Actor
      readonly conversationId: string
      readonly text: string
      /** Ids of agents. */
      readonly mentions?: readonly string[]
    }
  | {
      readonly type: 'agent.see-mentions'
      readonly actor: Actor
      readonly agentId: string
      /** Position of the newest note that was seen. */
      readonly upTo: number
    }
