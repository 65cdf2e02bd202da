import type { Content, Facts, LoggedEvent, RoutingPlan } from '@duoke/contract'
import { evolve } from '../evolve.ts'
import type { OrganizationState } from '../organization/state.ts'
import type { Said } from './asked-before.ts'
import { type Decided, isRederived, type Outside } from './rederive.ts'

export type Deviation = {
  readonly position: number
  readonly decisionId: string
  /** Without the customer's words, or the facts of before an erasure, the rules cannot be asked again. */
  readonly isErased: boolean
}

/**
 * Reads the log event by event, derives each decision anew under the rules of its moment, and folds the event. `deviations`
 * are those that the domain would not make again: there are none unless the log was changed or what was said was erased.
 */
export class Conformity {
  decisions = 0
  readonly deviations: Deviation[] = []
  readonly state: OrganizationState
  private readonly outside: Outside
  /** By conversation: what the customer said last; undefined once it was erased. */
  private readonly said = new Map<string, Content | undefined>()
  /** Events whose neighbours decide how they are read. */
  private waiting: LoggedEvent[] = []
  private readonly marks: LoggedEvent[] = []
  private seen = new Set<string>()
  private readonly isWatching: (event: LoggedEvent) => boolean

  constructor(state: OrganizationState, outside: Outside, isWatching: (event: LoggedEvent) => boolean = () => true) {
    this.state = state
    this.outside = outside
    this.isWatching = isWatching
  }

  /** A message of before the first event that is taken. */
  hear({ facts, personal }: Said): void {
    this.said.set(facts.conversationId, personal?.content)
  }

  take(event: LoggedEvent): void {
    this.waiting.push(event)
    if (this.waiting.length > lookahead) this.settle()
  }

  /** Nothing comes after what was taken. */
  finish(): void {
    while (this.waiting.length > 0) this.settle()
  }

  private settle(): void {
    const [event, next, third] = this.waiting
    if (event === undefined) return
    this.waiting.shift()
    if (isMark(event)) {
      this.marks.push(event)
      return
    }
    const decided = decisionIn(event)
    if (decided !== null)
      this.derive(event, decided, next, { plan: planIn(event), isPassage: false, left: leftIn(third) })
    else if (isPassage(event) && next !== undefined) {
      // It waited for this instant only: the decision behind it was made before.
      const behind = decisionIn(next)
      if (behind !== null && behind.event.facts.conversationId === event.facts.conversationId)
        this.derive(next, behind, third, {
          plan: planIn(next) ?? planIn(event),
          isPassage: true,
          left: null,
        })
    }
    if (event.type === 'message.received') this.hear(event)
    for (const mark of this.marks.splice(0)) evolve(this.state, mark)
    evolve(this.state, event)
  }

  /** `isPassage`: where it does not fit in the state of before, it was made in that of after, and has its own turn. */
  private derive(event: LoggedEvent, decided: Found, next: LoggedEvent | undefined, told: Told): void {
    const { decisionId } = decided.digest
    if (this.seen.has(decisionId)) return
    const { conversationId } = decided.event.facts
    const isRefused =
      next?.type === 'session.closed' && next.facts.cause === 'refused' && next.facts.conversationId === conversationId
    const content = this.said.get(conversationId)
    const refused = isRefused ? (next.facts.reason ?? '') : null
    const isLeft =
      next?.type === 'session.closed' &&
      next.facts.cause === 'message-left' &&
      next.facts.conversationId === conversationId
    const left = isLeft ? told.left : null
    const setting = { content: content ?? null, refused, plan: told.plan, marks: this.marks, left }
    const isEqual =
      !this.isWatching(event) || isRederived(this.state, decided.event, decided.digest, setting, this.outside)
    if (!isEqual && told.isPassage) return
    this.remember(decisionId)
    if (!this.isWatching(event)) return
    this.decisions++
    if (isEqual) return
    const isErased =
      content === undefined && decided.event.type !== 'session.offered' && decided.event.type !== 'session.broadcast'
    this.deviations.push({ position: event.position, decisionId, isErased })
  }

  /** An accepted offer names its decision a second time. */
  private remember(decisionId: string): void {
    if (this.seen.size > rememberedDecisions) this.seen = new Set([...this.seen].slice(rememberedDecisions / 2))
    this.seen.add(decisionId)
  }
}

const lookahead = 2
const rememberedDecisions = 20_000

type Left = Facts<'message-box.left'>['cause'] | null
const leftIn = (event: LoggedEvent | undefined): Left => (event?.type === 'message-box.left' ? event.facts.cause : null)

type Told = { readonly plan: RoutingPlan | null; readonly isPassage: boolean; readonly left: Left }
type Found = { readonly event: Decided; readonly digest: NonNullable<Facts<'session.queued'>['decision']> }

function decisionIn(event: LoggedEvent): Found | null {
  if (event.type === 'session.offered' || event.type === 'session.broadcast')
    return { event, digest: event.facts.decision }
  if (event.type !== 'session.queued' && event.type !== 'session.assigned') return null
  return event.facts.decision === null ? null : { event, digest: event.facts.decision }
}

function planIn(event: LoggedEvent): RoutingPlan | null {
  return event.type === 'session.queued' || event.type === 'session.assigned' ? (event.facts.plan ?? null) : null
}

/** What a rule says of the customer, who is looked at before. */
const isMark = ({ type, actor }: LoggedEvent): boolean =>
  (type === 'customer.tagged' || type === 'customer.owner-changed') && actor.kind === 'rule' && actor.rule === 'routing'

const isPassage = (event: LoggedEvent): event is Extract<LoggedEvent, { type: 'session.queued' }> =>
  event.type === 'session.queued' && event.facts.decision === null
