import type { App } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { useMe } from '../live/use-live.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Panel } from '../ui/page.tsx'
import { Consents } from './consents.tsx'
import { useScopeWords } from './scope-words.ts'

type Attachment = App['accounts'][number]
type Props = { readonly app: App; readonly onDeliveries: () => void }

export function AppPanel({ app, onDeliveries }: Props) {
  const { t } = useLingui()
  const words: Record<string, string> = useScopeWords()
  const count = app.scopes.length
  return (
    <Panel>
      <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="text-base font-semibold">{app.name}</h2>
        <span className="text-[13px] text-text-3">{[app.id, app.contact].filter(Boolean).join(' · ')}</span>
        <span className="grow" />
        <Button size="s" onClick={onDeliveries}>
          <Trans>推送记录</Trans>
        </Button>
      </div>
      <ul className="flex flex-col gap-3">
        {app.accounts.map((attachment) => (
          <AttachmentView key={attachment.account} appId={app.id} attachment={attachment} />
        ))}
      </ul>
      <Folded title={t`权限（${count}）`}>
        <ul className="list-disc pl-5 text-[13px] text-text-2">
          {app.scopes.map((scope) => (
            <li key={scope}>
              {words[scope] ?? scope}
              <span className="ml-2 font-mono text-xs text-text-3">{scope}</span>
            </li>
          ))}
        </ul>
      </Folded>
      <Folded title={t`授权经过`}>
        <Consents appId={app.id} />
      </Folded>
    </Panel>
  )
}

function Folded({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <details className="group mt-3">
      <summary className="inline-flex cursor-pointer list-none items-center gap-1 rounded-md text-[13px] text-text-2 hover:text-text">
        <ChevronRight className="size-4 group-open:rotate-90 motion-safe:transition-transform" aria-hidden="true" />
        {title}
      </summary>
      <div className="mt-2 pl-5">{children}</div>
    </details>
  )
}

type AttachmentProps = { readonly appId: string; readonly attachment: Attachment }

function AttachmentView({ appId, attachment }: AttachmentProps) {
  const { t } = useLingui()
  const { account, appId: wechatAppId, role, priority, when, push } = attachment
  const words = role === 'responder' ? t`可应答 · 优先级 ${priority}` : t`只旁听`
  return (
    <li className="rounded-md border border-line bg-sunken p-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-semibold">{account}</span>
        <span className="text-[13px] text-text-2">{words}</span>
        <span className="grow" />
        <PushState attachment={attachment} />
      </div>
      <dl className="mt-1 grid gap-x-4 text-[13px] @min-[720px]/desk:grid-cols-[auto_1fr]">
        <Fact label="AppID">
          {wechatAppId}
          <CopyButton text={wechatAppId} label={t`复制 AppID`} />
        </Fact>
        {push === null ? null : <Fact label={t`推送地址`}>{push.url}</Fact>}
        {when === null ? null : <Fact label={t`应答条件`}>{when}</Fact>}
      </dl>
      <Suspension appId={appId} attachment={attachment} />
    </li>
  )
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="pt-1 text-text-3">{label}</dt>
      <dd className="flex min-h-7 min-w-0 items-center gap-1 font-mono text-xs break-all">{children}</dd>
    </div>
  )
}

function PushState({ attachment: { push, verification, suspended } }: { readonly attachment: Attachment }) {
  if (push === null) {
    return (
      <span className="text-[13px] text-text-3">
        <Trans>不接收推送</Trans>
      </span>
    )
  }
  if (suspended !== null) {
    return (
      <span className="text-[13px] text-bad">
        <Trans>已暂停</Trans>
      </span>
    )
  }
  switch (verification?.status) {
    case 'verified':
      return (
        <span className="text-[13px] text-good">
          <Trans>地址已验证</Trans>
        </span>
      )
    case 'failed':
      return (
        <span className="text-[13px] text-bad">
          <Trans>地址验证失败：它没有原样返回 echostr</Trans>
        </span>
      )
    default:
      return (
        <span className="text-[13px] text-text-3">
          <Trans>正在验证地址</Trans>
        </span>
      )
  }
}

function Suspension({ appId, attachment: { account, suspended } }: AttachmentProps) {
  const act = useAct()
  const locale = useLocale()
  const queries = useQueryClient()
  const mayManage = useMe()?.scopes.includes('configuration:manage') ?? false
  if (suspended === null) return null
  const since = fullTime(Date.parse(suspended.since), locale)
  const resume = async () => {
    await act(client.apps.resume(appId, account))
    await queries.invalidateQueries({ queryKey: ['apps'] })
  }
  return (
    <div className="mt-2 flex flex-wrap items-center gap-2 text-[13px] text-bad">
      <p className="min-w-0 grow basis-60">
        <Trans>
          连续失败 {suspended.failures} 次，自 {since} 起暂停：{suspended.reason}。恢复后会补发它错过的事件。
        </Trans>
      </p>
      {mayManage ? (
        <Button size="s" onClick={() => void resume()}>
          <Trans>立即恢复</Trans>
        </Button>
      ) : null}
    </div>
  )
}
