import { type Attempt, beginAttempt, type DecisionContext } from './attempt.ts'
import type { Command, CommandOf, Decision } from './commands.ts'
import { arbitrateReply } from './conversation/arbitration.ts'
import { blockCustomer, unblockCustomer } from './conversation/blocking.ts'
import { actOfCustomer } from './conversation/customer-act.ts'
import { setOwner, tagCustomer } from './conversation/customers.ts'
import { takeLateReply } from './conversation/late-reply.ts'
import { reopenLeft, resolveLeft, takeLeft } from './conversation/message-box.ts'
import {
  changeCustomer,
  readConversation,
  recallMessage,
  settleDelivery,
  submitMessage,
} from './conversation/messages.ts'
import { noteConversation, seeMentions } from './conversation/notes.ts'
import { declineOffer } from './conversation/offers.ts'
import { openSession } from './conversation/open-session.ts'
import { parkSession, resumeSession } from './conversation/parking.ts'
import { acceptSession, closeSession, releaseSession, reopenSession, transferSession } from './conversation/sessions.ts'
import { supervise } from './conversation/supervise.ts'
import { fireTimer } from './conversation/timers.ts'
import { disposeSession } from './conversation/wrap-up.ts'
import { reportAccount } from './organization/accounts.ts'
import { changeAgent, secureAgent, setStatus } from './organization/agents.ts'
import { changeApp, dropApp, reportApp } from './organization/apps.ts'
import { setCapacity } from './organization/capacity.ts'
import { applyConfiguration } from './organization/configuration.ts'
import { addQuickReplies, changeQuickReply, removeQuickReply } from './organization/quick-replies.ts'
import { approveRules, publishRules, rejectRules } from './organization/rules.ts'
import { endOverride, overrideRules } from './organization/rules-override.ts'
import type { OrganizationState } from './organization/state.ts'
import { isRoomKept } from './routing/kept-room.ts'
import { drainFreed, drainKept } from './routing/route.ts'

/** What a command leads to, or why it is refused. The state is left as it is: `evolve` it with the events afterwards. */
export function decide(state: OrganizationState, command: Command, context: DecisionContext): Decision {
  const attempt = beginAttempt(state, context)
  const decision = attemptCommand(attempt, command)
  if (!decision.accepted) return decision
  drainFreed(attempt)
  if (isRoomKept(state)) drainKept(attempt)
  return decision
}

function attemptCommand(attempt: Attempt, command: Command): Decision {
  switch (command.type) {
    case 'customer.act':
      return actOfCustomer(attempt, command)
    case 'customer.change':
      return changeCustomer(attempt, command)
    case 'customer.tag':
      return tagCustomer(attempt, command)
    case 'customer.block':
      return blockCustomer(attempt, command)
    case 'customer.unblock':
      return unblockCustomer(attempt, command)
    case 'customer.set-owner':
      return setOwner(attempt, command)
    case 'message.submit':
      return submitMessage(attempt, command)
    case 'message.recall':
      return recallMessage(attempt, command)
    case 'delivery.settle':
      return settleDelivery(attempt, command)
    case 'reply.arbitrate':
      return arbitrateReply(attempt, command)
    case 'reply.late':
      return takeLateReply(attempt, command)
    case 'conversation.read':
      return readConversation(attempt, command)
    case 'conversation.note':
      return noteConversation(attempt, command)
    case 'session.accept':
      return acceptSession(attempt, command)
    case 'session.decline':
      return declineOffer(attempt, command)
    case 'session.transfer':
      return transferSession(attempt, command)
    case 'session.park':
      return parkSession(attempt, command)
    case 'session.resume':
      return resumeSession(attempt, command)
    case 'session.dispose':
      return disposeSession(attempt, command)
    case 'session.release':
      return releaseSession(attempt, command)
    case 'session.open':
      return openSession(attempt, command)
    case 'session.close':
      return closeSession(attempt, command)
    case 'session.reopen':
      return reopenSession(attempt, command)
    case 'message-box.take':
      return takeLeft(attempt, command)
    case 'message-box.resolve':
      return resolveLeft(attempt, command)
    case 'message-box.reopen':
      return reopenLeft(attempt, command)
    case 'session.watch':
    case 'session.join':
    case 'session.leave':
    case 'session.seize':
    case 'session.whisper':
    case 'session.raise-hand':
    case 'session.lower-hand':
    case 'session.answer-hand':
      return supervise(attempt, command)
    case 'timer.fire':
      return fireTimer(attempt, command)
    default:
      return attemptOfOrganization(attempt, command)
  }
}

type OfConversation = { readonly conversationId: string } | CommandOf<'customer.act' | 'timer.fire'>

function attemptOfOrganization(attempt: Attempt, command: Exclude<Command, OfConversation>): Decision {
  switch (command.type) {
    case 'agent.set-status':
      return setStatus(attempt, command)
    case 'agent.set-capacity':
      return setCapacity(attempt, command)
    case 'agent.see-mentions':
      return seeMentions(attempt, command)
    case 'agent.change':
      return changeAgent(attempt, command)
    case 'agent.secure':
      return secureAgent(attempt, command)
    case 'account.report':
      return reportAccount(attempt, command)
    case 'app.configure':
      return changeApp(attempt, command)
    case 'app.remove':
      return dropApp(attempt, command)
    case 'app.report':
      return reportApp(attempt, command)
    case 'rules.publish':
      return publishRules(attempt, command)
    case 'rules.approve':
      return approveRules(attempt, command)
    case 'rules.reject':
      return rejectRules(attempt, command)
    case 'rules.override':
      return overrideRules(attempt, command)
    case 'rules.end-override':
      return endOverride(attempt, command)
    case 'quick-replies.add':
      return addQuickReplies(attempt, command)
    case 'quick-reply.change':
      return changeQuickReply(attempt, command)
    case 'quick-reply.remove':
      return removeQuickReply(attempt, command)
    case 'configuration.apply':
      return applyConfiguration(attempt, command)
    default:
      return supervise(attempt, command)
  }
}
