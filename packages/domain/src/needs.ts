import type { LoggedEvent } from '@duoke/contract'
import type { Command } from './commands.ts'
import { unreachable } from './invariant.ts'
import type { OrganizationState } from './organization/state.ts'

export type Needs = {
  readonly addresses: readonly { readonly accountId: string; readonly openid: string }[]
  readonly conversationIds: readonly string[]
}

const nothing: Needs = { addresses: [], conversationIds: [] }

/** Which conversations must be in memory, if they exist, before this command can be decided. */
export function needsOf(command: Command, state: OrganizationState): Needs {
  switch (command.type) {
    case 'customer.act':
      return { addresses: [{ accountId: command.accountId, openid: command.openid }], conversationIds: [] }
    case 'customer.change':
    case 'customer.tag':
    case 'customer.set-owner':
    case 'customer.block':
    case 'customer.unblock':
    case 'message.submit':
    case 'message.recall':
    case 'delivery.settle':
    case 'conversation.read':
    case 'conversation.note':
    case 'reply.arbitrate':
    case 'reply.late':
    case 'session.accept':
    case 'session.decline':
    case 'session.park':
    case 'session.resume':
    case 'session.transfer':
    case 'session.close':
    case 'session.dispose':
    case 'session.release':
    case 'session.open':
    case 'session.reopen':
    case 'message-box.take':
    case 'message-box.resolve':
    case 'message-box.reopen':
    case 'session.watch':
    case 'session.join':
    case 'session.leave':
    case 'session.seize':
    case 'session.whisper':
    case 'session.raise-hand':
    case 'session.lower-hand':
    case 'session.answer-hand':
      return { addresses: [], conversationIds: [command.conversationId] }
    case 'timer.fire':
      return 'conversationId' in command.timer
        ? { addresses: [], conversationIds: [command.timer.conversationId] }
        : nothing
    case 'configuration.apply':
      return { addresses: [], conversationIds: inWrapUp(state) }
    case 'agent.set-status':
    case 'agent.set-capacity':
    case 'agent.secure':
    case 'agent.see-mentions':
    case 'agent.change':
    case 'account.report':
    case 'app.configure':
    case 'app.remove':
    case 'app.report':
    case 'rules.publish':
    case 'rules.approve':
    case 'rules.reject':
    case 'rules.override':
    case 'rules.end-override':
    case 'quick-replies.add':
    case 'quick-reply.change':
    case 'quick-reply.remove':
      return nothing
    default:
      return unreachable(command)
  }
}

/** What agents wrap up is closed, and ends with an agent who is removed. */
function inWrapUp(state: OrganizationState): string[] {
  return [...state.agents.values()].flatMap(({ wrapUps }) => wrapUps.map(({ conversationId }) => conversationId))
}

/** The conversation an event belongs to; null for what concerns the organization as a whole. */
export function conversationOf(event: LoggedEvent): string | null {
  return 'conversationId' in event.facts ? event.facts.conversationId : null
}
