import { useLingui } from '@lingui/react/macro'
import { useLive, useSelf } from '../live/use-live.ts'
import type { Decision } from './use-decision.ts'

/** A decision as one would tell it to a colleague. */
export type DecisionWords = {
  /** Why it went where it went, in one sentence. */
  readonly because: string
  /** Who was passed over, grouped by the reason. */
  readonly passedOver: readonly { readonly reason: string; readonly names: readonly string[] }[]
  readonly candidates: readonly { readonly name: string; readonly text: string; readonly won: boolean }[]
}

/** Why an agent was passed over. */
export function useReasonWords(): Record<string, string> {
  const { t } = useLingui()
  return {
    not_in_team: t`不在接待的客服组`,
    disabled: t`已停用`,
    offline: t`离线`,
    away: t`离开`,
    full: t`接待已满`,
    kind_full: t`此类客户接待已满`,
    room_kept: t`为先到的客户留位`,
    transferring: t`转出这个会话的人`,
    manual_routing: t`人工分配`,
    declined: t`拒绝或没有应答`,
    missing_skill: t`缺少所需技能`,
    outside_hours: t`不在服务时间`,
    kept_for_another: t`为上次接待的客服保留`,
  }
}

export function useDecisionWords(): (decision: Decision) => DecisionWords {
  const { t } = useLingui()
  const self = useSelf()
  const agents = useLive((live) => live.agents)
  const nameOf = (id: string) => (id === self?.id ? t`你` : (agents.get(id)?.nickname ?? id))
  const reasons = useReasonWords()
  const strategies: Record<string, string> = {
    'least-loaded': t`接待最少优先`,
    'longest-idle': t`空闲最久优先`,
    'round-robin': t`轮流`,
    'most-spare': t`余量最大优先`,
    'skill-weighted': t`技能最强优先`,
  }
  const byRule = ({ winner, candidates, refused, plan }: Decision): string | null => {
    if (plan === undefined) return null
    const { ruleId, rulesVersion: version } = plan
    if (refused !== undefined) return t`第 ${version} 版规则“${ruleId}”拒绝接待：${refused}。`
    if (winner.kind === 'app') return t`按第 ${version} 版规则“${ruleId}”，由应用 ${winner.appId} 接待。`
    const asked = candidates.length
    if (plan.broadcast !== undefined && asked > 0)
      return t`按第 ${version} 版规则“${ruleId}”，同时邀请 ${asked} 位能接待的客服抢接。`
    if (winner.kind !== 'agent') return t`按第 ${version} 版规则“${ruleId}”，当时没有能接待的客服，所以进入排队。`
    const strategy = strategies[plan.strategy] ?? plan.strategy
    const count = candidates.length
    const name = nameOf(winner.agentId)
    return t`按第 ${version} 版规则“${ruleId}”（${strategy}），在 ${count} 位能接待的客服中由${name}接待。`
  }
  const becauseOf = ({ winner, candidates, excluded, broadcastId }: Decision): string => {
    const isManual = excluded.some(({ reason }) => reason === 'manual_routing')
    if (isManual) return t`这个公众号由人工或应用分配会话，系统不自动分配，所以进入排队。`
    if (winner.kind !== 'agent') return t`当时没有能接待的客服，所以进入排队，等得最久的最先接入。`
    const [first, second] = candidates
    const name = nameOf(winner.agentId)
    if (broadcastId !== undefined) return t`同时邀请了多位客服，${name}最先抢接。`
    if (first === undefined) return t`由${name}接待。`
    if (second === undefined) return t`当时只有${name}在线且有空余（接待中 ${first.load}，上限 ${first.capacity}）。`
    const count = candidates.length
    if (first.load < second.load)
      return t`在 ${count} 位在线且有空余的客服中，${name}接待中的会话最少（${first.load} 个）。`
    if (first.idleSince < second.idleSince) {
      return t`${count} 位客服接待数相同（${first.load} 个），${name}空闲的时间最长。`
    }
    return t`${count} 位客服接待数和空闲时间都相同，按编号顺序轮到${name}。`
  }
  return (decision) => ({
    because: byRule(decision) ?? becauseOf(decision),
    passedOver: decision.excluded.map(({ reason, agentIds }) => ({
      reason: reasons[reason] ?? reason,
      names: agentIds.map(nameOf),
    })),
    candidates: decision.candidates.map(({ agentId, load, capacity }, index) => ({
      name: nameOf(agentId),
      text: t`接待中 ${load} / ${capacity}`,
      won: index === 0 && decision.winner.kind === 'agent',
    })),
  })
}
