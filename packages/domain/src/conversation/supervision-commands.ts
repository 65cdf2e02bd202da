import type { Actor, HandOver } from '@duoke/contract'

/** What supervisors do beside or against the holder, and how agents ask for them. */
export type SupervisionCommand =
  | {
      readonly type: 'session.watch'
      readonly actor: Actor
      readonly conversationId: string
      readonly reason?: string
    }
  | {
      readonly type: 'session.join'
      readonly actor: Actor
      readonly conversationId: string
      readonly reason?: string
    }
  | {
      readonly type: 'session.leave'
      readonly actor: Actor
      readonly conversationId: string
      /** Who has joined stays. */
      readonly onlyWatching?: boolean
    }
  | {
      /** A supervisor takes it or gives it to an agent, whoever holds it. */
      readonly type: 'session.seize'
      readonly actor: Actor
      readonly conversationId: string
      readonly toAgentId: string
      readonly overCapacity?: boolean
      readonly handOver?: HandOver
      readonly reason?: string
    }
  | {
      readonly type: 'session.whisper'
      readonly actor: Actor
      readonly conversationId: string
      readonly text: string
    }
  | {
      readonly type: 'session.raise-hand'
      readonly actor: Actor
      readonly conversationId: string
      readonly reason?: string
      readonly note?: string
    }
  | { readonly type: 'session.lower-hand'; readonly actor: Actor; readonly conversationId: string }
  | {
      readonly type: 'session.answer-hand'
      readonly actor: Actor
      readonly conversationId: string
      /** Whispered with the answer. */
      readonly text?: string
    }
