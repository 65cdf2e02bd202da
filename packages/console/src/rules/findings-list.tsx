import type { RuleFinding } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react'
import { useFailureWords } from '../i18n/failure-words.ts'
import { spanOf } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'

type Props = {
  readonly findings: readonly RuleFinding[]
  readonly error: unknown
  readonly state: 'unchanged' | 'checking' | 'checked'
  readonly starvationBoundMs: number | null
}

/** What the check says, under the text; announced when it changes. */
export function FindingsList({ findings, error, state, starvationBoundMs }: Props) {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const locale = useLocale()
  const bound = starvationBoundMs === null ? undefined : spanOf(starvationBoundMs, locale)
  return (
    <div role="status" aria-label={t`检查结果`} className="border-t border-line px-4 py-2.5 text-[13px]">
      {error === null ? null : <p className="text-bad">{wordsOf(error).sentence}</p>}
      <ul className="flex flex-col gap-1">
        {findings.map(({ severity, path, line, message }) => (
          <li key={`${path}${message}`} className={`flex gap-1.5 ${severity === 'error' ? 'text-bad' : 'text-warn'}`}>
            {severity === 'error' ? (
              <CircleAlert className="mt-0.5 size-4 shrink-0" role="img" aria-label={t`错误`} />
            ) : (
              <TriangleAlert className="mt-0.5 size-4 shrink-0" role="img" aria-label={t`提醒`} />
            )}
            <span className="min-w-0 break-words">{line === null ? message : t`第 ${line} 行：${message}`}</span>
          </li>
        ))}
      </ul>
      {findings.length > 0 || error !== null ? null : (
        <p className="flex items-center gap-1.5 text-text-3">
          {state === 'checking' ? (
            <Trans>正在检查</Trans>
          ) : (
            <>
              <CircleCheck className="size-4 shrink-0 text-good" aria-hidden="true" />
              <span>
                {bound === undefined ? (
                  <Trans>没有发现问题，但等待不会提升优先级，优先级低的客户可能一直等不到。</Trans>
                ) : (
                  <Trans>没有发现问题。最多只会被晚来 {bound}以内的客户插队。</Trans>
                )}
              </span>
            </>
          )}
        </p>
      )}
    </div>
  )
}
