import type { PublishedRules, RulesVersion } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { CodeDiff } from '../code/code-diff.tsx'
import { useAct, useFailureWords } from '../i18n/failure-words.ts'
import { fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { useMe, useSelf } from '../live/use-live.ts'
import { Button } from '../ui/button.tsx'
import { Waiting } from '../ui/empty.tsx'
import { Panel } from '../ui/page.tsx'
import { RejectDialog } from './reject-dialog.tsx'
import { textOf, useVersion } from './use-rules.ts'
import { VersionLine } from './version-line.tsx'

type Props = { readonly awaiting: RulesVersion; readonly current: PublishedRules }

/** A version that another administrator has to approve: what it would change, and the two answers. */
export function AwaitingPanel({ awaiting, current }: Props) {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const { data, error } = useVersion(awaiting.version)
  return (
    <Panel title={<Trans>等待批准</Trans>}>
      <div className="flex flex-col gap-3">
        <VersionLine version={awaiting} />
        {data !== undefined ? (
          <CodeDiff label={t`与正在生效的版本相比`} before={textOf(current.document)} after={textOf(data.document)} />
        ) : error === null ? (
          <Waiting label={t`正在读取`} />
        ) : (
          <p role="alert">{wordsOf(error).sentence}</p>
        )}
        <Answers awaiting={awaiting} isShown={data !== undefined} />
      </div>
    </Panel>
  )
}

type AnswersProps = {
  readonly awaiting: RulesVersion
  /** Nobody approves what they could not see. */
  readonly isShown: boolean
}

function Answers({ awaiting, isShown }: AnswersProps) {
  const { t } = useLingui()
  const act = useAct()
  const locale = useLocale()
  const queries = useQueryClient()
  const self = useSelf()
  const mayManage = useMe()?.scopes.includes('configuration:manage') ?? false
  const [isRejecting, setRejecting] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const { version, by, effectiveAt } = awaiting
  const isOwn = by?.kind === 'agent' && by.agentId === self?.id
  if (!mayManage || self?.role !== 'admin') {
    return (
      <p className="text-[13px] text-text-3">
        <Trans>需要一位管理员批准后才会生效。</Trans>
      </p>
    )
  }
  const approve = async () => {
    setBusy(true)
    await act(client.rules.approve(String(version)))
    await queries.invalidateQueries({ queryKey: ['rules'] })
    setBusy(false)
  }
  const fromMs = effectiveAt === null ? 0 : Date.parse(effectiveAt)
  const from = fullTime(fromMs, locale)
  return (
    <div className="flex flex-wrap items-center gap-2">
      <p className="grow text-[13px] text-text-2">
        {isOwn
          ? t`由你提交，需要另一位管理员批准。`
          : fromMs > Date.now()
            ? t`批准后从 ${from} 起生效，可以随时恢复以前的版本。`
            : t`批准后立即对新的会话生效，可以随时恢复以前的版本。`}
      </p>
      <Button onClick={() => setRejecting(true)}>{isOwn ? t`撤回…` : t`驳回…`}</Button>
      {isOwn ? null : (
        <Button kind="primary" disabled={isBusy || !isShown} onClick={() => void approve()}>
          <Trans>批准第 {version} 版</Trans>
        </Button>
      )}
      {isRejecting ? <RejectDialog version={version} isOwn={isOwn} onClose={() => setRejecting(false)} /> : null}
    </div>
  )
}
