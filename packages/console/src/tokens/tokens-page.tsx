import type { TokenInfo } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useAct, useFailureWords } from '../i18n/failure-words.ts'
import { fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { useLive } from '../live/use-live.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Empty, Waiting } from '../ui/empty.tsx'
import { Page, Panel } from '../ui/page.tsx'
import { CreateTokenDialog } from './create-token-dialog.tsx'

/** Every token that works now: of programs, and of people who are signed in. */
export function TokensPage() {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const [isCreating, setCreating] = useState(false)
  const [ending, setEnding] = useState<TokenInfo>()
  const { data, error } = useQuery({
    queryKey: ['tokens'],
    queryFn: async () => (await client.tokens.list({ limit: 200 })).items,
    staleTime: 0,
  })
  return (
    <Page title={t`访问令牌`}>
      <div className="flex flex-wrap items-center gap-3">
        <p className="min-w-0 grow basis-60 text-text-2">
          <Trans>程序用令牌调用接口。令牌只在创建时显示一次；吊销后立即失效。</Trans>
        </p>
        <Button kind="primary" onClick={() => setCreating(true)}>
          <Trans>创建令牌</Trans>
        </Button>
      </div>
      {data !== undefined ? (
        <Panel>
          {data.length === 0 ? <Empty title={<Trans>还没有令牌</Trans>} /> : null}
          <ul>
            {data.map((token) => (
              <TokenLine key={token.id} token={token} onEnd={() => setEnding(token)} />
            ))}
          </ul>
        </Panel>
      ) : error === null ? (
        <Waiting label={t`正在读取`} />
      ) : (
        <Empty title={wordsOf(error).sentence} />
      )}
      {isCreating ? <CreateTokenDialog onClose={() => setCreating(false)} /> : null}
      {ending === undefined ? null : <EndDialog token={ending} onClose={() => setEnding(undefined)} />}
    </Page>
  )
}

function useHolderName(): (holder: TokenInfo['holder']) => string {
  const { t } = useLingui()
  const agents = useLive((live) => live.agents)
  return ({ kind, id }) => {
    if (kind === 'admin') return t`整个组织`
    if (kind === 'app') return t`应用 ${id ?? ''}`
    return agents.get(id ?? '')?.nickname ?? id ?? ''
  }
}

function TokenLine({ token, onEnd }: { readonly token: TokenInfo; readonly onEnd: () => void }) {
  const { t } = useLingui()
  const locale = useLocale()
  const holderName = useHolderName()
  const timeOf = (instant: string) => fullTime(Date.parse(instant), locale)
  const { kind, holder, label, scopes, createdAt, expiresAt, lastUsedAt, current } = token
  const created = timeOf(createdAt)
  const used = lastUsedAt === null ? undefined : timeOf(lastUsedAt)
  const expires = expiresAt === null ? undefined : timeOf(expiresAt)
  const name = label === '' ? token.id : label
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-2.5 last:border-0">
      <div className="min-w-0 grow basis-72">
        <p className="break-words">
          <span className="font-medium">{name}</span> · {holderName(holder)} ·{' '}
          {kind === 'sign-in' ? <Trans>登录</Trans> : <Trans>程序</Trans>}
          {current ? ` · ${t`当前`}` : ''}
        </p>
        <p className="numbers text-[13px] text-text-3">
          <Trans>创建于 {created}</Trans> · {used === undefined ? t`还没有用过` : t`最近使用 ${used}`} ·{' '}
          {expires === undefined ? t`不过期` : t`${expires} 到期`}
        </p>
        {scopes.length === 0 ? null : <p className="font-mono text-xs break-words text-text-3">{scopes.join(' ')}</p>}
      </div>
      {current ? null : (
        <Button size="s" aria-label={t`吊销 ${name}`} onClick={onEnd}>
          <Trans>吊销</Trans>
        </Button>
      )}
    </li>
  )
}

function EndDialog({ token, onClose }: { readonly token: TokenInfo; readonly onClose: () => void }) {
  const { t } = useLingui()
  const act = useAct()
  const queries = useQueryClient()
  const name = token.label === '' ? token.id : token.label
  const end = async () => {
    if (await act(client.tokens.end(token.id))) onClose()
    await queries.invalidateQueries({ queryKey: ['tokens'] })
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`吊销 ${name}`}
      description={t`使用它的程序或浏览器会立即被拒绝，不能恢复。`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="danger" onClick={() => void end()}>
            <Trans>立即吊销</Trans>
          </Button>
        </>
      }
    />
  )
}
