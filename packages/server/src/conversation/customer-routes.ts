import type { Command } from '@duoke/domain'
import { actorOf, type Caller } from '../http/caller.ts'
import type { Handlers } from '../http/handler.ts'
import { Refused } from '../http/refused.ts'
import { submitFor } from '../http/submit.ts'
import type { CommandPorts } from './commands.ts'
import { msIn } from './control.ts'
import { readCustomer } from './queries.ts'

export type CustomerChanges = 'changeCustomerTags' | 'setCustomerOwner' | 'blockCustomer' | 'unblockCustomer'
type CustomerCommand = Extract<
  Command,
  { type: 'customer.tag' | 'customer.set-owner' | 'customer.block' | 'customer.unblock' }
>

/** What an organization says of a customer. A customer has one conversation, which carries it. */
export function customerChangeHandlers({ reads, log }: CommandPorts): Pick<Handlers, CustomerChanges> {
  const read = async (org: string, customerId: string) => {
    const customer = await reads.read(org, (tx) => readCustomer(tx, org, customerId))
    if (customer === null) throw new Refused('not_found')
    return customer
  }
  const change = async (
    caller: Caller,
    customerId: string,
    key: string | undefined,
    commandFor: (conversationId: string) => CustomerCommand,
  ) => {
    const { conversationId } = await read(caller.org, customerId)
    await submitFor(log, caller, commandFor(conversationId), { key })
    return { body: await read(caller.org, customerId) }
  }
  return {
    changeCustomerTags: ({ caller, params, body, retryKey }) =>
      change(caller, params.customerId, retryKey, (conversationId) => ({
        type: 'customer.tag',
        actor: actorOf(caller),
        conversationId,
        ...body,
      })),
    blockCustomer: ({ caller, params, body, retryKey }) => {
      const { until, note: reason } = body
      const time = until === undefined ? {} : { untilMs: msIn(until) }
      const why = reason === undefined ? {} : { reason }
      const actor = actorOf(caller)
      return change(caller, params.customerId, retryKey, (conversationId) => ({
        ...({ type: 'customer.block', actor, conversationId } as const),
        ...time,
        ...why,
      }))
    },
    unblockCustomer: ({ caller, params, retryKey }) =>
      change(caller, params.customerId, retryKey, (conversationId) => ({
        type: 'customer.unblock',
        actor: actorOf(caller),
        conversationId,
      })),
    setCustomerOwner: ({ caller, params, body, retryKey }) =>
      change(caller, params.customerId, retryKey, (conversationId) => ({
        type: 'customer.set-owner',
        actor: actorOf(caller),
        conversationId,
        agentId: body.agentId,
      })),
  }
}
