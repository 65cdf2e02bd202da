import { Trans, useLingui } from '@lingui/react/macro'
import { Check } from 'lucide-react'
import { useFailureWords } from '../i18n/failure-words.ts'
import { fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Waiting } from '../ui/empty.tsx'
import { useDecisionWords } from './decision-words.ts'
import { type Decision, useDecision } from './use-decision.ts'

type Props = { readonly decisionId: string; readonly onClose: () => void }

export function DecisionDialog({ decisionId, onClose }: Props) {
  const { t } = useLingui()
  const { data, error } = useDecision(decisionId)
  const wordsOf = useFailureWords()
  return (
    <Dialog open onClose={onClose} title={t`为什么分给我？`} wide>
      {data !== undefined ? (
        <Record decision={data} />
      ) : error === null ? (
        <Waiting label={t`正在读取`} />
      ) : (
        <p role="alert">{wordsOf(error).sentence}</p>
      )}
    </Dialog>
  )
}

function Record({ decision }: { readonly decision: Decision }) {
  const locale = useLocale()
  const { because, candidates, passedOver } = useDecisionWords()(decision)
  return (
    <div className="flex flex-col gap-4">
      <p className="rounded-lg bg-brand-soft px-4 py-3 text-[15px]">{because}</p>
      {candidates.length === 0 ? null : (
        <div>
          <h3 className="mb-1 text-xs text-text-3">
            <Trans>可接待的客服，按优先顺序</Trans>
          </h3>
          <ol className="rounded-lg border border-line">
            {candidates.map(({ name, text, won }) => (
              <li key={name} className="flex items-center gap-2 border-b border-line px-3 py-2 last:border-0">
                <span className="w-5">{won ? <Check className="size-4 text-good" aria-hidden="true" /> : null}</span>
                <span className="grow">{name}</span>
                <span className="numbers text-[13px] text-text-3">{text}</span>
              </li>
            ))}
          </ol>
        </div>
      )}
      {passedOver.length === 0 ? null : (
        <div>
          <h3 className="mb-1 text-xs text-text-3">
            <Trans>没有考虑的客服</Trans>
          </h3>
          <ul className="rounded-lg border border-line">
            {passedOver.map(({ reason, names }) => (
              <li key={reason} className="flex gap-4 border-b border-line px-3 py-2 last:border-0">
                <span className="w-32 shrink-0 text-text-3">{reason}</span>
                <span>{names.join('、')}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      <p className="numbers text-xs text-text-3">
        <Trans>
          规则版本 {decision.ruleVersion} · {fullTime(Date.parse(decision.at), locale)} · 依据编号 {decision.id}
        </Trans>
      </p>
    </div>
  )
}
