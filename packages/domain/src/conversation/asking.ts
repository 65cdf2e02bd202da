import type { AppAttachment } from '@duoke/contract'
import type { CommandOf } from '../commands.ts'
import { absenceOf } from '../organization/apps.ts'
import type { AppState, OrganizationState } from '../organization/state.ts'
import { type ConditionScene, evaluateCondition } from './condition.ts'
import { sceneOf } from './scene.ts'
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
