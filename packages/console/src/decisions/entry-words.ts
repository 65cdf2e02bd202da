import type { DecisionEntry } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'
import { useReasonWords } from '../customer/decision-words.ts'
import { useLive } from '../live/use-live.ts'

export type EntryWords = { readonly result: string; readonly rule: string; readonly place: string | undefined }

/** An entry of the list as one would tell it. */
export function useEntryWords(): (entry: DecisionEntry) => EntryWords {
  const { t } = useLingui()
  const agents = useLive((live) => live.agents)
  const teams = useLive((live) => live.teams)
  const reasons = useReasonWords()
  const resultOf = ({ winner }: DecisionEntry): string => {
    switch (winner.kind) {
      case 'agent':
        return t`分给 ${agents.get(winner.agentId)?.nickname ?? winner.agentId}`
      case 'app':
        return t`交给应用 ${winner.appId}`
      case 'queue':
        return winner.teamId === null ? t`进入排队` : t`进入 ${teams.get(winner.teamId)?.name ?? winner.teamId} 的排队`
      case 'nobody':
        return t`没有接待`
      default:
        return winner satisfies never
    }
  }
  const placeOf = ({ agent }: DecisionEntry): string | undefined => {
    switch (agent?.outcome) {
      case 'won':
        return undefined
      case 'behind':
        return t`该客服排在第 ${agent.place ?? ''} 位`
      case 'excluded':
        return t`没有考虑该客服：${reasons[agent.reason ?? ''] ?? agent.reason ?? ''}`
      case 'unknown':
        return t`当时还没有该客服`
      default:
        return undefined
    }
  }
  return (entry) => ({
    result: resultOf(entry),
    rule: t`第 ${entry.rulesVersion} 版规则“${entry.ruleId}”`,
    place: placeOf(entry),
  })
}
