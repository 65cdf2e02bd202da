import { useDecisionWords } from './decision-words.ts'
import { useDecision } from './use-decision.ts'

export function DecisionDigest({ decisionId }: { readonly decisionId: string }) {
  const { data } = useDecision(decisionId)
  const wordsOf = useDecisionWords()
  return <p className="text-[13px] text-text-2">{data === undefined ? '…' : wordsOf(data).because}</p>
}
