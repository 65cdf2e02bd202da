import type { RulesChange, RulesVersion } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { CodeDiff } from '../code/code-diff.tsx'
import { useFailureWords } from '../i18n/failure-words.ts'
import { useMe } from '../live/use-live.ts'
import { useChangeWords } from '../manage/change-words.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Empty, Waiting } from '../ui/empty.tsx'
import { Panel } from '../ui/page.tsx'
import { RevertDialog } from './revert-dialog.tsx'
import { textOf, useVersion, useVersions } from './use-rules.ts'
import { VersionLine } from './version-line.tsx'

type Props = { readonly current: number; readonly newest: number }

/** Everything that was ever published, newest first; any of it can be looked at and taken up again. */
export function VersionsPanel({ current, newest }: Props) {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const mayManage = useMe()?.scopes.includes('configuration:manage') ?? false
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useVersions()
  const [shown, setShown] = useState<RulesVersion>()
  const [reverting, setReverting] = useState<number>()
  const versions = data?.pages.flatMap(({ items }) => items)
  return (
    <Panel title={<Trans>版本</Trans>}>
      {versions === undefined ? (
        error === null ? (
          <Waiting label={t`正在读取`} />
        ) : (
          <Empty title={wordsOf(error).sentence} />
        )
      ) : versions.length === 0 ? (
        <p className="text-text-3">
          <Trans>还没有发布过。修改上面的文档后点「比较并发布」。</Trans>
        </p>
      ) : (
        <ol className="flex flex-col">
          {versions.map((version) => (
            <li
              key={version.version}
              className="flex flex-wrap items-center gap-2 border-t border-line py-2 first:border-0"
            >
              <div className="min-w-0 grow basis-60">
                <VersionLine version={version} />
              </div>
              <Button size="s" aria-label={t`第 ${version.version} 版的改动`} onClick={() => setShown(version)}>
                <Trans>改动</Trans>
              </Button>
              {mayManage && version.version !== newest ? (
                <Button
                  size="s"
                  aria-label={t`恢复第 ${version.version} 版`}
                  onClick={() => setReverting(version.version)}
                >
                  <Trans context="rules">恢复</Trans>
                </Button>
              ) : null}
            </li>
          ))}
        </ol>
      )}
      {hasNextPage ? (
        <Button size="s" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          <Trans>更早的版本</Trans>
        </Button>
      ) : null}
      {mayManage && newest > 0 && current !== 0 ? (
        <p className="mt-2 border-t border-line pt-2.5">
          <Button size="s" kind="quiet" onClick={() => setReverting(0)}>
            <Trans>恢复为默认规则…</Trans>
          </Button>
        </p>
      ) : null}
      {shown === undefined ? null : <ChangesDialog version={shown} onClose={() => setShown(undefined)} />}
      {reverting === undefined ? null : <RevertDialog version={reverting} onClose={() => setReverting(undefined)} />}
    </Panel>
  )
}

function ChangesDialog({ version, onClose }: { readonly version: RulesVersion; readonly onClose: () => void }) {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const after = useVersion(version.version)
  const before = useVersion(version.version - 1)
  const error = after.error ?? before.error
  return (
    <Dialog open wide onClose={onClose} title={t`第 ${version.version} 版的改动`} description={version.reason}>
      {after.data !== undefined && before.data !== undefined ? (
        <div className="flex flex-col gap-3">
          <Changes changes={after.data.changes} />
          <CodeDiff label={t`与前一版相比`} before={textOf(before.data.document)} after={textOf(after.data.document)} />
        </div>
      ) : error === null ? (
        <Waiting label={t`正在读取`} />
      ) : (
        <p role="alert">{wordsOf(error).sentence}</p>
      )}
    </Dialog>
  )
}

function Changes({ changes }: { readonly changes: readonly RulesChange[] }) {
  const { t } = useLingui()
  const kinds = {
    rule: t({ message: '规则', context: 'one' }),
    hours: t({ message: '服务时间', context: 'one' }),
    team: t({ message: '客服组', context: 'one' }),
    ageing: t({ message: '等待升级', context: 'one' }),
  }
  const verbs = useChangeWords()
  if (changes.length === 0) return <p className="text-text-3">{t`内容与前一版相同。`}</p>
  return (
    <ul className="flex flex-wrap gap-1.5 text-[13px]">
      {changes.map(({ kind, id, change }) => (
        <li key={`${kind}${id}${change}`} className="rounded-full bg-sunken px-2.5 py-0.5">
          {verbs[change]} {kinds[kind]} {id}
        </li>
      ))}
    </ul>
  )
}
