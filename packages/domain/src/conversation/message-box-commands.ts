import type { Actor } from '@duoke/contract'

type OfOne = { readonly actor: Actor; readonly conversationId: string }

/** What is done with a message left. */
export type MessageBoxCommand =
  /** Goes on with it, as a session of the actor's. */
  | ({ readonly type: 'message-box.take' } & OfOne)
  | ({ readonly type: 'message-box.resolve'; readonly reason?: string; readonly note?: string } & OfOne)
  | ({ readonly type: 'message-box.reopen' } & OfOne)
