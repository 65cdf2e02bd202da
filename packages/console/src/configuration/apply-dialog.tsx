import type { Body, ConfigurationChange } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { parse } from 'yaml'
import { CodeDiff } from '../code/code-diff.tsx'
import { client } from '../live/client.ts'
import { useChangeWords } from '../manage/change-words.ts'
import { Refusal } from '../manage/refusal.tsx'
import { useRefresh } from '../manage/use-configuration.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Waiting } from '../ui/empty.tsx'
import { Switch } from '../ui/switch.tsx'

type Props = {
  readonly before: string
  readonly after: string
  readonly onClose: () => void
  readonly onDone: () => void
}
/** The server reads the document by its own schema and names what is wrong. */
const documentIn = (text: string) => parse(text) as Body<'applyConfiguration'>['document']

/** What the server would do with the document, before it does it. */
export function ApplyDialog({ before, after, onClose, onDone }: Props) {
  const { t } = useLingui()
  const [prune, setPrune] = useState(false)
  const refresh = useRefresh()
  const tried = useQuery({
    queryKey: ['configuration', 'dry-run', after, prune],
    queryFn: () => client.configuration.apply({ document: documentIn(after), dryRun: true, prune }),
    retry: false,
    staleTime: 0,
  })
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => client.configuration.apply({ document: documentIn(after), prune }),
    onSuccess: async () => {
      onDone()
      await refresh()
    },
  })
  const shown = tried.data?.changes.filter(({ change }) => change !== 'unchanged')
  const removed = shown?.filter(({ change }) => change === 'removed').length ?? 0
  const failure = error ?? tried.error
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t`应用配置`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button
            kind={removed > 0 ? 'danger' : 'primary'}
            disabled={isPending || shown === undefined || shown.length === 0}
            onClick={() => mutate()}
          >
            {removed > 0 ? t`应用并删除 ${removed} 项` : t({ message: '应用', context: 'apply' })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <CodeDiff label={t`与现在的配置相比`} before={before} after={after} />
        <Switch label={t`删除文件中没有的公众号、客服组、客服和应用`} checked={prune} onChange={setPrune} />
        {failure !== null ? (
          <Refusal error={failure} />
        ) : shown === undefined ? (
          <Waiting label={t`正在检查`} />
        ) : (
          <Changes changes={shown} />
        )}
      </div>
    </Dialog>
  )
}

function Changes({ changes }: { readonly changes: readonly ConfigurationChange[] }) {
  const { t } = useLingui()
  const kinds = {
    organization: t({ message: '组织', context: 'one' }),
    account: t({ message: '公众号', context: 'one' }),
    team: t({ message: '客服组', context: 'one' }),
    agent: t({ message: '客服', context: 'one' }),
    app: t({ message: '应用', context: 'one' }),
    rules: t({ message: '分配规则', context: 'one' }),
  }
  const verbs = useChangeWords()
  if (changes.length === 0) return <p className="text-text-3">{t`没有实际的变化。`}</p>
  return (
    <ul aria-label={t`将要做的改动`} className="rounded-lg border border-line text-[13px]">
      {changes.map(({ kind, id, change, fields }) => (
        <li key={`${kind}${id}`} className="flex flex-wrap gap-x-2 border-b border-line px-3 py-1.5 last:border-0">
          <span className={change === 'removed' ? 'text-bad' : ''}>
            {verbs[change]} {kinds[kind]} {id}
          </span>
          <span className="font-mono text-xs leading-5 text-text-3">{fields.join(', ')}</span>
        </li>
      ))}
    </ul>
  )
}
