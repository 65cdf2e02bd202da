import type { Handlers } from '../http/handler.ts'
import { type ChangePorts, change, target } from './change.ts'
import { handOverOf, reasonOf } from './control.ts'

type Closing = 'closeConversation' | 'disposeSession' | 'reopenConversation'

/** How a session ends, what is said about it, and its being opened again. */
export function closingHandlers(ports: ChangePorts): Pick<Handlers, Closing> {
  return {
    closeConversation: ({ caller, params, body, retryKey }) =>
      change(
        ports,
        caller,
        {
          type: 'session.close',
          ...target(caller, params.conversationId),
          ...handOverOf({ note: body.note }),
          ...reasonOf(body),
          ...(body.disposition !== undefined && { disposition: body.disposition }),
        },
        retryKey,
      ),
    disposeSession: ({ caller, params, body: disposition, retryKey }) => {
      const { conversationId, sessionId } = params
      return change(
        ports,
        caller,
        { type: 'session.dispose', ...target(caller, conversationId), sessionId, disposition },
        retryKey,
      )
    },
    reopenConversation: ({ caller, params, retryKey }) =>
      change(ports, caller, { type: 'session.reopen', ...target(caller, params.conversationId) }, retryKey),
  }
}
