import type { LoggedEvent } from '@duoke/contract'
import {
  evolveMessage,
  evolveMessageBox,
  evolveSession,
  evolveStarted,
  evolveSupervision,
  type MessageEvent,
  type SessionEvent,
} from './conversation/evolve.ts'
import type { MessageBoxEvent } from './conversation/evolve-message-box.ts'
import type { SupervisionEvent } from './conversation/evolve-supervision.ts'
import { unreachable } from './invariant.ts'
import {
  completeSettings,
  evolveAccount,
  evolveAgent,
  evolveApp,
  evolveRules,
  evolveTeam,
} from './organization/evolve.ts'
import { evolveQuickReply } from './organization/evolve-quick-replies.ts'
import type { OrganizationState } from './organization/state.ts'

/** Folds one event into the state, in place. Events may come without `personal`: it was erased. */
export function evolve(state: OrganizationState, event: LoggedEvent): void {
  state.position = event.position
  switch (event.type) {
    case 'conversation.started':
      evolveStarted(state, event)
      return
    case 'customer.followed':
    case 'customer.unfollowed':
    case 'customer.changed':
    case 'customer.tagged':
    case 'customer.owner-changed':
    case 'customer.blocked':
    case 'customer.unblocked':
    case 'message.received':
    case 'message.recalled':
    case 'message.submitted':
    case 'delivery.settled':
    case 'conversation.read':
    case 'conversation.noted':
    case 'reply.arbitrated':
    case 'reply.came-late':
      evolveMessage(state, event)
      return
    case 'session.opened':
    case 'session.queued':
    case 'session.assigned':
    case 'session.idle-warned':
    case 'session.closed':
    case 'session.offered':
    case 'session.offer-ended':
    case 'session.broadcast':
    case 'session.broadcast-joined':
    case 'session.broadcast-left':
    case 'session.broadcast-ended':
    case 'session.parked':
    case 'session.resumed':
    case 'session.wrap-up-began':
    case 'session.disposed':
      evolveSession(state, event)
      return
    case 'message-box.left':
    case 'message-box.expired':
    case 'message-box.taken':
    case 'message-box.resolved':
    case 'message-box.reopened':
      evolveMessageBox(state, event)
      return
    case 'session.watched':
    case 'session.watch-ended':
    case 'session.joined':
    case 'session.left':
    case 'session.whispered':
    case 'session.hand-raised':
    case 'session.hand-lowered':
      evolveSupervision(state, event)
      return
    default:
      evolveOrganization(state, event)
  }
}

type OfConversation =
  | MessageEvent
  | SessionEvent
  | SupervisionEvent
  | MessageBoxEvent
  | Extract<LoggedEvent, { type: 'conversation.started' }>

function evolveOrganization(state: OrganizationState, event: Exclude<LoggedEvent, OfConversation>): void {
  switch (event.type) {
    case 'organization.configured':
      state.settings = completeSettings(event.facts)
      return
    case 'account.configured':
    case 'account.removed':
    case 'account.silenced':
    case 'account.heard':
    case 'account.degraded':
    case 'account.recovered':
      evolveAccount(state, event)
      return
    case 'team.configured':
    case 'team.removed':
      evolveTeam(state, event)
      return
    case 'agent.configured':
    case 'agent.removed':
    case 'agent.status-changed':
    case 'agent.capacity-changed':
      evolveAgent(state, event)
      return
    case 'app.configured':
    case 'app.suspended':
    case 'app.recovered':
    case 'app.removed':
      evolveApp(state, event)
      return
    case 'agent.secured':
    case 'agent.mentions-seen':
    case 'app.consented':
      return
    case 'rules.published':
    case 'rules.approved':
    case 'rules.rejected':
    case 'rules.overridden':
    case 'rules.override-ended':
    case 'rules.took-effect':
      evolveRules(state, event)
      return
    case 'quick-reply.saved':
    case 'quick-reply.removed':
      evolveQuickReply(state, event)
      return
    default:
      unreachable(event)
  }
}
