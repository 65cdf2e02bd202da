import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { parse, stringify } from 'yaml'
import { CodeEditor } from '../code/code-editor.tsx'
import { useFailureWords } from '../i18n/failure-words.ts'
import { useMe } from '../live/use-live.ts'
import { useConfiguration } from '../manage/use-configuration.ts'
import { Button } from '../ui/button.tsx'
import { Empty, Waiting } from '../ui/empty.tsx'
import { Page } from '../ui/page.tsx'
import { ApplyDialog } from './apply-dialog.tsx'

/** The whole configuration as the document of `duoke apply`: shown, changed, compared, applied. */
export function ConfigurationPage() {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const { data, error } = useConfiguration()
  return (
    <Page title={t`配置文件`}>
      {data !== undefined ? (
        <Document applied={stringify(data, { lineWidth: 0 })} />
      ) : error === null ? (
        <Waiting label={t`正在读取`} />
      ) : (
        <Empty title={wordsOf(error).sentence} />
      )}
    </Page>
  )
}

function Document({ applied }: { readonly applied: string }) {
  const { t } = useLingui()
  const mayManage = useMe()?.scopes.includes('configuration:manage') ?? false
  const [draft, setDraft] = useState<string>()
  const [isComparing, setComparing] = useState(false)
  const text = draft ?? applied
  const fault = faultOf(text)
  return (
    <section className="overflow-hidden rounded-card border border-line bg-panel" aria-label={t`配置文件`}>
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2.5">
        <p className="min-w-0 grow basis-60 text-[13px] text-text-2">
          <Trans>与 duoke apply 使用同一格式。密钥不显示；不写密钥就保持不变。</Trans>
        </p>
        {draft === undefined ? null : (
          <Button size="s" kind="quiet" onClick={() => setDraft(undefined)}>
            <Trans>放弃修改</Trans>
          </Button>
        )}
        {mayManage ? (
          <Button
            size="s"
            kind="primary"
            disabled={draft === undefined || fault !== undefined}
            onClick={() => setComparing(true)}
          >
            <Trans>比较并应用…</Trans>
          </Button>
        ) : null}
      </div>
      <div className="h-[min(64dvh,680px)]">
        <CodeEditor
          label={t`配置文件`}
          value={text}
          onChange={(next) => setDraft(next === applied ? undefined : next)}
          readOnly={!mayManage}
        />
      </div>
      <p
        role="status"
        className={fault === undefined ? 'sr-only' : 'border-t border-line px-4 py-2.5 text-[13px] text-bad'}
      >
        {fault}
      </p>
      {isComparing && draft !== undefined ? (
        <ApplyDialog
          before={applied}
          after={draft}
          onClose={() => setComparing(false)}
          onDone={() => {
            setComparing(false)
            setDraft(undefined)
          }}
        />
      ) : null}
    </section>
  )
}

/** Why a text is no document at all; what is wrong within one the server says. */
function faultOf(text: string): string | undefined {
  try {
    parse(text)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0] : String(error)
  }
}
