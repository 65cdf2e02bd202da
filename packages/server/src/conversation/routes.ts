import type { Transaction } from '../database/client.ts'
import { actorOf, agentOf, type Caller } from '../http/caller.ts'
import type { Handlers } from '../http/handler.ts'
import { Refused } from '../http/refused.ts'
import { submitFor } from '../http/submit.ts'
import { change, target } from './change.ts'
import { closingHandlers } from './closing-routes.ts'
import { type CommandPorts, sendMessage } from './commands.ts'
import { controlCommand, handOverOf, parkCommand, reasonOf } from './control.ts'
import { type CustomerChanges, customerChangeHandlers } from './customer-routes.ts'
import { decisionHandlers } from './decision-routes.ts'
import { searchMessages } from './find-messages.ts'
import { type MessageBoxOperations, messageBoxHandlers } from './message-box-routes.ts'
import { readMessageDays } from './message-days.ts'
import { listMessages } from './messages.ts'
import { listConversations, listCustomers, readConversations, readCustomer, readQuota } from './queries.ts'
import { findConversations } from './search.ts'
import type { Typing } from './typing.ts'

const mostIds = 100

export type ConversationPorts = CommandPorts & {
  readonly nowMs: () => number
  readonly typing: Typing
}

type ConversationOperations =
  | 'listConversations'
  | 'getConversation'
  | 'listMessages'
  | 'searchMessages'
  | 'listMessageDays'
  | 'sendMessage'
  | 'acceptConversation'
  | 'declineConversation'
  | 'transferConversation'
  | 'parkConversation'
  | 'resumeConversation'
  | 'controlConversation'
  | 'closeConversation'
  | 'disposeSession'
  | 'reopenConversation'
  | 'readConversation'
  | 'showTyping'
  | 'getDecision'
  | 'listDecisions'
  | 'getWaiting'
  | 'conversationQuota'
  | 'listCustomers'
  | 'getCustomer'
  | CustomerChanges
  | 'customerQuota'
  | MessageBoxOperations

export function conversationHandlers(ports: ConversationPorts): Pick<Handlers, ConversationOperations> {
  return {
    ...readHandlers(ports),
    ...decisionHandlers(ports),
    ...changeHandlers(ports),
    ...closingHandlers(ports),
    ...messageBoxHandlers(ports),
    ...customerHandlers(ports),
  }
}

function readHandlers(
  ports: ConversationPorts,
): Pick<Handlers, 'listConversations' | 'getConversation' | 'listMessages' | 'searchMessages' | 'listMessageDays'> {
  const { reads, nowMs } = ports
  const require = async (tx: Transaction, org: string, conversationId: string) => {
    const [conversation] = await readConversations(tx, org, [conversationId], nowMs())
    if (conversation === undefined) throw new Refused('not_found')
    return conversation
  }
  return {
    async listConversations({ caller, query }) {
      const { text, assignee, ids, ...rest } = query
      const who = assignee === 'me' ? agentOf(caller) : assignee
      const named = ids?.split(',').slice(0, mostIds)
      return reads.snapshot(caller.org, async (tx) => {
        const said = text === undefined ? undefined : await findConversations(tx, caller.org, text)
        const found =
          said === undefined || named === undefined ? (said ?? named) : said.filter((id) => named.includes(id))
        const filter = { ...rest, ...(who !== undefined && { assignee: who }), ...(found !== undefined && { found }) }
        return listConversations(tx, caller.org, filter, nowMs())
      })
    },
    getConversation: ({ caller, params }) =>
      reads.snapshot(caller.org, (tx) => require(tx, caller.org, params.conversationId)),
    listMessages: ({ caller, params, query }) =>
      reads.snapshot(caller.org, async (tx) => {
        await require(tx, caller.org, params.conversationId)
        return listMessages(tx, caller.org, params.conversationId, query)
      }),
    async searchMessages({ caller, query }) {
      return { body: await reads.read(caller.org, (tx) => searchMessages(tx, caller.org, query)) }
    },
    async listMessageDays({ caller, params, query }) {
      const { conversationId } = params
      const body = await reads.read(caller.org, async (tx) => {
        await require(tx, caller.org, conversationId)
        return readMessageDays(tx, caller.org, conversationId, query.month)
      })
      return { body }
    },
  }
}

type Changes =
  | 'sendMessage'
  | 'acceptConversation'
  | 'declineConversation'
  | 'transferConversation'
  | 'parkConversation'
  | 'resumeConversation'
  | 'controlConversation'
  | 'readConversation'
  | 'showTyping'

function changeHandlers(ports: ConversationPorts): Pick<Handlers, Changes> {
  return {
    async sendMessage({ caller, params, body, retryKey }) {
      const { clientId, quickReplyId, ...content } = body
      const { conversationId } = params
      return { body: await sendMessage(ports, caller, { conversationId, content, clientId, quickReplyId, retryKey }) }
    },
    acceptConversation: ({ caller, params, retryKey }) =>
      change(ports, caller, { type: 'session.accept', ...target(caller, params.conversationId) }, retryKey),
    declineConversation: ({ caller, params, body, retryKey }) =>
      change(
        ports,
        caller,
        { type: 'session.decline', ...target(caller, params.conversationId), ...reasonOf(body) },
        retryKey,
      ),
    transferConversation: ({ caller, params, body, retryKey }) =>
      change(
        ports,
        caller,
        {
          type: 'session.transfer',
          ...target(caller, params.conversationId),
          to: body.to,
          ...handOverOf({ note: body.note }),
          ...reasonOf(body),
        },
        retryKey,
      ),
    parkConversation: ({ caller, params, body, retryKey }) =>
      change(ports, caller, parkCommand(actorOf(caller), params.conversationId, body), retryKey),
    resumeConversation: ({ caller, params, retryKey }) =>
      change(ports, caller, { type: 'session.resume', ...target(caller, params.conversationId) }, retryKey),
    controlConversation: ({ caller, params, body, retryKey }) =>
      change(ports, caller, controlCommand(actorOf(caller), params.conversationId, body), retryKey),
    async readConversation({ caller, params, body, retryKey }) {
      const command = { type: 'conversation.read', ...target(caller, params.conversationId), upTo: body.upTo } as const
      await submitFor(ports.log, caller, command, { key: retryKey })
      return {}
    },
    async showTyping({ caller, params }) {
      await ports.typing.show(caller, params.conversationId)
      return {}
    },
  }
}

function customerHandlers(
  ports: ConversationPorts,
): Pick<Handlers, 'conversationQuota' | 'listCustomers' | 'getCustomer' | 'customerQuota' | CustomerChanges> {
  const { reads, nowMs } = ports
  const quota = async (caller: Caller, by: { readonly conversationId: string } | { readonly customerId: string }) => {
    const read = await reads.read(caller.org, (tx) => readQuota(tx, caller.org, by, nowMs()))
    if (read === null) throw new Refused('not_found')
    return { body: read }
  }
  return {
    ...customerChangeHandlers(ports),
    conversationQuota: ({ caller, params }) => quota(caller, { conversationId: params.conversationId }),
    customerQuota: ({ caller, params }) => quota(caller, { customerId: params.customerId }),
    async listCustomers({ caller, query }) {
      return { body: await reads.read(caller.org, (tx) => listCustomers(tx, caller.org, query)) }
    },
    async getCustomer({ caller, params }) {
      const customer = await reads.read(caller.org, (tx) => readCustomer(tx, caller.org, params.customerId))
      if (customer === null) throw new Refused('not_found')
      return { body: customer }
    },
  }
}
