import type { RulesInForce } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { CodeEditor } from '../code/code-editor.tsx'
import { useFailureWords } from '../i18n/failure-words.ts'
import { client } from '../live/client.ts'
import { useLive, useMe } from '../live/use-live.ts'
import { Button } from '../ui/button.tsx'
import { Empty, Waiting } from '../ui/empty.tsx'
import { Page } from '../ui/page.tsx'
import { AwaitingPanel } from './awaiting-panel.tsx'
import { useFindingWords } from './finding-words.ts'
import { FindingsList } from './findings-list.tsx'
import { OverridePanel } from './override-panel.tsx'
import { PreviewDialog } from './preview-dialog.tsx'
import { PublishDialog } from './publish-dialog.tsx'
import { type Known, rulesCompletion } from './rules-completion.ts'
import { keepDraft, rulesDraft } from './rules-draft.ts'
import { textOf, useFindings, useRules } from './use-rules.ts'
import { VersionLine } from './version-line.tsx'
import { VersionsPanel } from './versions-panel.tsx'

/** The rules by which sessions are given: who may reads them, who may manage them writes the next version. */
export function RulesPage() {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const { data, error } = useRules()
  if (data === undefined) {
    return (
      <Page title={t`分配规则`}>
        {error === null ? <Waiting label={t`正在读取`} /> : <Empty title={wordsOf(error).sentence} />}
      </Page>
    )
  }
  return (
    <Page title={t`分配规则`}>
      <InForce rules={data} />
      {data.awaiting === null ? null : <AwaitingPanel awaiting={data.awaiting} current={data.current} />}
      <Writing rules={data} />
      <OverridePanel override={data.override} />
      <VersionsPanel current={data.current.version} newest={data.newest} />
    </Page>
  )
}

function InForce({ rules: { current, scheduled } }: { readonly rules: RulesInForce }) {
  return (
    <section className="flex flex-col gap-1.5 rounded-card border border-line bg-panel px-4 py-3">
      <h2 className="text-[13px] text-text-3">
        <Trans>正在生效</Trans>
      </h2>
      <VersionLine version={current} />
      {scheduled.length === 0 ? null : (
        <>
          <h2 className="mt-1 text-[13px] text-text-3">
            <Trans>将要生效</Trans>
          </h2>
          {scheduled.map((version) => (
            <VersionLine key={version.version} version={version} />
          ))}
        </>
      )}
    </section>
  )
}

function Writing({ rules: { current, newest } }: { readonly rules: RulesInForce }) {
  const { t } = useLingui()
  const mayManage = useMe()?.scopes.includes('configuration:manage') ?? false
  const published = useMemo(() => textOf(current.document), [current.document])
  const draft = useStore(rulesDraft, (state) => state.draft)
  const [opened, open] = useState<Opened>('none')
  const text = draft?.text ?? published
  const { checked, error, isChecking } = useFindings(draft === undefined ? undefined : text)
  const wordsOf = useFindingWords()
  const findings = draft === undefined ? undefined : checked?.findings
  const marks = useMemo(
    () => (findings ?? []).map((finding) => ({ ...finding, message: wordsOf(finding) })),
    [findings, wordsOf],
  )
  const change = (next: string) =>
    keepDraft(next === published ? undefined : { text: next, basedOn: draft?.basedOn ?? newest })
  const isWrong = marks.some(({ severity }) => severity === 'error')
  const isReady = draft !== undefined && !isWrong && !isChecking && checked !== undefined
  return (
    <section className="overflow-hidden rounded-card border border-line bg-panel" aria-label={t`规则文档`}>
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2.5">
        <h2 className="grow font-semibold">{draft === undefined ? t`规则文档` : t`规则文档 · 未发布的修改`}</h2>
        <DraftTools isThere={draft !== undefined} isReady={isReady} mayManage={mayManage} onOpen={open} />
      </div>
      <div className="h-[min(52dvh,560px)]">
        <CodeEditor
          label={t`规则文档`}
          value={text}
          onChange={change}
          findings={marks}
          complete={useCompletion()}
          readOnly={!mayManage}
        />
      </div>
      <FindingsList
        findings={marks}
        error={error}
        state={draft === undefined ? 'unchanged' : isChecking ? 'checking' : 'checked'}
        starvationBoundMs={draft === undefined ? current.starvationBoundMs : (checked?.starvationBoundMs ?? null)}
      />
      {opened === 'preview' && draft !== undefined ? (
        <PreviewDialog text={draft.text} onClose={() => open('none')} />
      ) : null}
      {opened === 'publish' && draft !== undefined ? (
        <PublishDialog
          text={draft.text}
          basedOn={draft.basedOn}
          before={published}
          onClose={() => open('none')}
          onDone={() => {
            open('none')
            keepDraft(undefined)
          }}
        />
      ) : null}
    </section>
  )
}

type Opened = 'none' | 'preview' | 'publish'
type ToolsProps = {
  readonly isThere: boolean
  /** It was checked, and nothing is wrong. */
  readonly isReady: boolean
  readonly mayManage: boolean
  readonly onOpen: (opened: Opened) => void
}

function DraftTools({ isThere, isReady, mayManage, onOpen }: ToolsProps) {
  return (
    <>
      {isThere ? (
        <Button size="s" kind="quiet" onClick={() => keepDraft(undefined)}>
          <Trans>放弃修改</Trans>
        </Button>
      ) : null}
      {mayManage ? (
        <>
          <Button size="s" disabled={!isReady} onClick={() => onOpen('preview')}>
            <Trans>用历史试算…</Trans>
          </Button>
          <Button size="s" kind="primary" disabled={!isReady} onClick={() => onOpen('publish')}>
            <Trans>比较并发布…</Trans>
          </Button>
        </>
      ) : null}
    </>
  )
}

/** Teams and apps by what is there when the list opens. */
function useCompletion() {
  const teams = useLive((live) => live.teams)
  const mayRead = useMe()?.scopes.includes('configuration:read') ?? false
  const apps = useQuery({
    queryKey: ['apps'],
    queryFn: async () => (await client.apps.list({ limit: 200 })).items,
    enabled: mayRead,
  })
  const known = useRef<Known>({ teams: [], apps: [] })
  useEffect(() => {
    known.current = { teams: [...teams.values()], apps: apps.data ?? [] }
  }, [teams, apps.data])
  return useCallback((context: Parameters<ReturnType<typeof rulesCompletion>>[0]) => {
    return rulesCompletion(() => known.current)(context)
  }, [])
}
