import type { TokenInfo } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useAct, useFailureWords } from '../i18n/failure-words.ts'
import { fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { deviceNameOf } from '../profile/device-name.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Waiting } from '../ui/empty.tsx'

type Props = { readonly agentId: string; readonly name: string; readonly onClose: () => void }

/** Where an agent is signed in: a lost phone is signed out, and a lost second factor reset. */
export function AgentSignInsDialog({ agentId, name, onClose }: Props) {
  const { t } = useLingui()
  const act = useAct()
  const wordsOf = useFailureWords()
  const queries = useQueryClient()
  const key = ['agent-sign-ins', agentId]
  const [isBusy, setBusy] = useState(false)
  const { data, error } = useQuery({
    queryKey: key,
    queryFn: () => client.agents.signIns(agentId, { limit: 100 }),
    staleTime: 0,
  })
  const change = async (work: Promise<unknown>) => {
    setBusy(true)
    await act(work)
    await queries.invalidateQueries({ queryKey: key })
    setBusy(false)
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`${name} 的登录`}
      description={t`结束登录后那台设备立即退出，需要重新登录；手上的会话不会因此丢失。`}
      actions={
        <>
          {data === undefined || data.items.length < 2 ? null : (
            <Button kind="danger" disabled={isBusy} onClick={() => void change(client.agents.endSignIns(agentId))}>
              <Trans>结束全部登录</Trans>
            </Button>
          )}
          <Button onClick={onClose}>
            <Trans>关闭</Trans>
          </Button>
        </>
      }
    >
      {data !== undefined ? (
        <div className="flex flex-col gap-4">
          <SignIns
            items={data.items}
            isBusy={isBusy}
            onEnd={(id) => void change(client.agents.endSignIn(agentId, id))}
          />
          <SecondFactor
            isOn={data.totp}
            isBusy={isBusy}
            onReset={() => void change(client.agents.removeTotp(agentId))}
          />
        </div>
      ) : error === null ? (
        <Waiting label={t`正在读取`} />
      ) : (
        <p role="alert">{wordsOf(error).sentence}</p>
      )}
    </Dialog>
  )
}

type SignInsProps = {
  readonly items: readonly TokenInfo[]
  readonly isBusy: boolean
  readonly onEnd: (id: string) => void
}

function SignIns({ items, isBusy, onEnd }: SignInsProps) {
  const { t } = useLingui()
  const locale = useLocale()
  if (items.length === 0) return <p className="text-text-3">{t`现在没有在任何设备上登录。`}</p>
  return (
    <ul aria-label={t`登录中的设备`}>
      {items.map(({ id, label, createdAt, lastUsedAt, current }) => {
        const device = label === '' ? t`浏览器` : deviceNameOf(label)
        const used = fullTime(Date.parse(lastUsedAt ?? createdAt), locale)
        return (
          <li key={id} className="flex items-center gap-3 border-b border-line py-2 last:border-0">
            <span className="min-w-0 grow">
              <span className="block truncate">{device}</span>
              <span className="numbers block text-xs text-text-3">{t`${used} 最近使用`}</span>
            </span>
            {current ? (
              <span className="shrink-0 text-[13px] text-good">{t`本机`}</span>
            ) : (
              <Button size="s" disabled={isBusy} aria-label={t`结束 ${device} 的登录`} onClick={() => onEnd(id)}>
                <Trans>结束</Trans>
              </Button>
            )}
          </li>
        )
      })}
    </ul>
  )
}

type FactorProps = { readonly isOn: boolean; readonly isBusy: boolean; readonly onReset: () => void }

/** Asked twice: until new codes are set up, the password alone signs in. */
function SecondFactor({ isOn, isBusy, onReset }: FactorProps) {
  const [isAsking, setAsking] = useState(false)
  return (
    <div className="border-t border-line pt-3">
      <p className="font-medium">
        <Trans>动态验证码</Trans>
      </p>
      {!isOn ? (
        <p className="text-[13px] text-text-3">
          <Trans>没有启用。</Trans>
        </p>
      ) : isAsking ? (
        <div role="alert" className="mt-1 flex flex-col gap-2 rounded-md bg-bad-soft p-3 text-[13px]">
          <p>
            <Trans>重置后只用密码就能登录，直到本人重新启用。请先确认是本人提出的。</Trans>
          </p>
          <div className="flex gap-2">
            <Button size="s" kind="danger" disabled={isBusy} onClick={onReset}>
              <Trans>确认重置</Trans>
            </Button>
            <Button size="s" onClick={() => setAsking(false)}>
              <Trans>取消</Trans>
            </Button>
          </div>
        </div>
      ) : (
        <div className="mt-1 flex flex-wrap items-center gap-2">
          <p className="grow text-[13px] text-text-2">
            <Trans>已启用。手机丢失时可以重置。</Trans>
          </p>
          <Button size="s" onClick={() => setAsking(true)}>
            <Trans>重置…</Trans>
          </Button>
        </div>
      )}
    </div>
  )
}
