import type { Content } from '@duoke/contract'
import { dayMs, wallMs } from '../hours/time-zone.ts'
import type { OrganizationState } from '../organization/state.ts'
import type { ConditionScene } from './condition.ts'
import { type ConversationState, tagsOf } from './state.ts'

export function sceneOf(
  state: OrganizationState,
  { holder, accountId, customerId, following, lastSessionId, ownerId = '', ...rest }: ConversationState,
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
    customer: { id: customerId, following, tags: tagsOf(rest), owner: ownerId },
    account: { id: accountId, kind: state.accounts.get(accountId)?.settings.kind ?? '' },
    time: timeIn(state.settings?.timeZone ?? 'UTC', atMs),
  }
}

function timeIn(timeZone: string, atMs: number): ConditionScene['time'] {
  const wall = wallMs(timeZone, atMs)
  const day = Math.floor(wall / dayMs)
  const minutes = Math.floor((wall - day * dayMs) / 60_000)
  return {
    hour: Math.floor(minutes / 60),
    minute: minutes % 60,
    // The first of January 1970 was a Thursday.
    weekday: ((((day + 3) % 7) + 7) % 7) + 1,
    date: new Date(day * dayMs).toISOString().slice(0, 10),
  }
}
