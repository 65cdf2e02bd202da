import type { Handlers } from '../http/handler.ts'
import { type ChangePorts, change, target } from './change.ts'
import { reasonOf } from './control.ts'
import { listMessagesLeft } from './messages-left.ts'

export type MessageBoxOperations = 'listMessagesLeft' | 'takeMessageLeft' | 'resolveMessageLeft' | 'reopenMessageLeft'

/** 留言: what customers left when nobody served them. */
export function messageBoxHandlers(ports: ChangePorts): Pick<Handlers, MessageBoxOperations> {
  return {
    listMessagesLeft: ({ caller, query }) =>
      ports.reads.snapshot(caller.org, (tx) => listMessagesLeft(tx, caller.org, query, ports.nowMs())),
    takeMessageLeft: ({ caller, params, retryKey }) =>
      change(ports, caller, { type: 'message-box.take', ...target(caller, params.conversationId) }, retryKey),
    resolveMessageLeft: ({ caller, params, body, retryKey }) =>
      change(
        ports,
        caller,
        {
          type: 'message-box.resolve',
          ...target(caller, params.conversationId),
          ...reasonOf(body),
          ...(body.note !== undefined && { note: body.note }),
        },
        retryKey,
      ),
    reopenMessageLeft: ({ caller, params, retryKey }) =>
      change(ports, caller, { type: 'message-box.reopen', ...target(caller, params.conversationId) }, retryKey),
  }
}
