import type { AppAttachment, Content } from '@duoke/contract'
import type { CommandOf } from '../commands.ts'
import { absenceOf } from '../organization/apps.ts'
import type { AppState, OrganizationState } from '../organization/state.ts'
import { type ConditionScene, evaluateCondition } from './condition.ts'
import type { ConversationState } from './state.ts'

export type Asking = {
  /** In the order of their right. */
  readonly asks: string[]
  /** Whose condition could not be evaluated, and why: they are not asked. */
  readonly faults: Readonly<Record<string, string>>
}
export const nobodyAsked: Asking = { asks: [], faults: {} }
type Act = CommandOf<'customer.act'>

/**
 * Who may answer at once: the app that holds the conversation, then every responder whose condition is true, by priority,
 * then by id. Nobody is asked while an agent holds.
 */
export function whoIsAsked(
  state: OrganizationState,
  conversation: ConversationState,
  command: Act,
  atMs: number,
): Asking {
  const { holder, accountId } = conversation
  const faults: Record<string, string> = {}
  if (holder.kind === 'agent' || !mayBeAnswered(command)) return { asks: [], faults }
  const held: Candidate[] = []
  const others: Candidate[] = []
  let scene: ConditionScene | undefined
  state.apps.forEach((app) => {
    const attachment = responderAt(app, accountId)
    if (attachment === undefined) return
    const candidate = { appId: app.appId, priority: attachment.priority }
    if (holder.kind === 'app' && holder.appId === app.appId) {
      held.push(candidate)
      return
    }
    if (attachment.when !== null) {
      scene ??= sceneOf(state, conversation, command.content, atMs)
      const answer = evaluateCondition(attachment.when, scene)
      if (typeof answer !== 'boolean') faults[app.appId] = answer.fault
      if (answer !== true) return
    }
    others.push(candidate)
  })
  return { asks: [...held, ...others.sort(byRight)].map(({ appId }) => appId), faults }
}

type Candidate = { readonly appId: string; readonly priority: number }

function byRight(left: Candidate, right: Candidate): number {
  return right.priority - left.priority || (left.appId < right.appId ? -1 : 1)
}

function responderAt(app: AppState, accountId: string): AppAttachment | undefined {
  const attachment = app.attachments.find((one) => one.accountId === accountId)
  if (attachment?.role !== 'responder' || attachment.push === null) return undefined
  return absenceOf(app, accountId) === null ? attachment : undefined
}

/** What a follower did by hand; what WeChat itself reports is answered by nobody. */
function mayBeAnswered({ act, content }: Act): boolean {
  if (act === 'unfollow') return false
  if (act !== 'other') return true
  return content.type === 'action' && /^(menu|location|session-entered)/.test(content.action)
}

function sceneOf(
  state: OrganizationState,
  { holder, accountId, customerId, following, lastSessionId }: ConversationState,
  content: Content,
  atMs: number,
): ConditionScene {
  const id = holder.kind === 'agent' ? holder.agentId : holder.kind === 'app' ? holder.appId : ''
  return {
    message: {
      type: content.type,
      text: content.type === 'text' ? content.text : content.type === 'voice' ? (content.recognition ?? '') : '',
      event: content.type === 'action' ? content.action : '',
      key: content.type === 'action' ? (content.key ?? '') : '',
    },
    conversation: { holder: { kind: holder.kind, id }, isFirst: lastSessionId === null },
    customer: { id: customerId, following },
    account: { id: accountId, kind: state.accounts.get(accountId)?.settings.kind ?? '' },
    time: timeIn(state.settings?.timeZone ?? 'UTC', atMs),
  }
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const clocks = new Map<string, Intl.DateTimeFormat>()

function timeIn(timeZone: string, atMs: number): ConditionScene['time'] {
  const parts = clockOf(timeZone).formatToParts(atMs)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? ''
  return {
    hour: Number(part('hour')),
    minute: Number(part('minute')),
    weekday: weekdays.indexOf(part('weekday')) + 1,
    date: `${part('year')}-${part('month')}-${part('day')}`,
  }
}

/** Making one takes longer than a whole decision. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone)
  if (known !== undefined) return known
  const digits = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', weekday: 'short', ...digits })
  clocks.set(timeZone, clock)
  return clock
}
