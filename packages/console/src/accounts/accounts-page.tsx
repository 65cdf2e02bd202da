import type { Account } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck, CircleDashed } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useFailureWords } from '../i18n/failure-words.ts'
import { spanOf } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { useMe } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Empty, Waiting } from '../ui/empty.tsx'
import { Page, Panel } from '../ui/page.tsx'
import { AccountCheck } from './account-check.tsx'
import { ConnectDialog } from './connect-dialog.tsx'
import { RotateDialog } from './rotate-dialog.tsx'

const refreshMs = 5_000
/** No id of an account begins so. */
const connecting = '+'

export function AccountsPage() {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const { data, error } = useQuery({
    queryKey: ['accounts'],
    queryFn: async () => (await client.accounts.list({ limit: 200 })).items,
    refetchInterval: refreshMs,
  })
  const [opened, setOpened] = useState<string>()
  const mayManage = useMe()?.scopes.includes('configuration:manage') ?? false
  const rotated = data?.find(({ id }) => id === opened)
  return (
    <Page title={t`公众号`}>
      {mayManage ? (
        <div className="flex justify-end">
          <Button kind="primary" onClick={() => setOpened(connecting)}>
            <Trans context="connect">接入公众号</Trans>
          </Button>
        </div>
      ) : null}
      {data === undefined ? (
        error === null ? (
          <Waiting label={t`正在读取`} />
        ) : (
          <Empty title={wordsOf(error).sentence} />
        )
      ) : data.length === 0 ? (
        <Panel>
          <Empty title={<Trans>还没有接入公众号</Trans>}>
            <p>
              <Trans>点「接入公众号」，按步骤填写；也可以写进配置文件，运行 duoke apply。</Trans>
            </p>
          </Empty>
        </Panel>
      ) : (
        data.map((account) => (
          <AccountPanel
            key={account.id}
            account={account}
            onRotate={mayManage ? () => setOpened(account.id) : undefined}
          />
        ))
      )}
      {opened === connecting ? <ConnectDialog accounts={data ?? []} onClose={() => setOpened(undefined)} /> : null}
      {rotated === undefined ? null : <RotateDialog account={rotated} onClose={() => setOpened(undefined)} />}
    </Page>
  )
}

type PanelProps = { readonly account: Account; readonly onRotate: (() => void) | undefined }

function AccountPanel({ account, onRotate }: PanelProps) {
  const { t } = useLingui()
  const modes: Record<string, string> = { plain: t`明文模式`, compatible: t`兼容模式`, safe: t`安全模式` }
  const rows: { label: string; value: string; copy?: string }[] = [
    { label: t`服务器地址（URL）`, value: account.serverAddress, copy: t`复制服务器地址` },
    { label: 'AppID', value: account.appId, copy: t`复制 AppID` },
    { label: t`原始 ID`, value: account.originalId, copy: t`复制原始 ID` },
    { label: t`消息加解密方式`, value: modes[account.mode] ?? account.mode },
    { label: t`微信接口地址`, value: account.apiBase },
  ]
  return (
    <Panel>
      <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="text-base font-semibold">{account.name}</h2>
        <span className="text-[13px] text-text-3">{account.id}</span>
        <span className="grow" />
        <Health account={account} />
      </div>
      <dl className="grid gap-x-6 @min-[720px]/desk:grid-cols-[auto_1fr]">
        {rows.map(({ label, value, copy }) => (
          <div key={label} className="contents">
            <dt className="pt-1.5 text-[13px] text-text-3">{label}</dt>
            <dd className="flex min-h-8 min-w-0 items-center gap-1">
              <span className="min-w-0 font-mono text-[13px] break-all">{value}</span>
              {copy === undefined ? null : <CopyButton text={value} label={copy} />}
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-xs text-text-3">
        <Trans>
          在微信公众平台「设置与开发 → 基本配置 → 服务器配置」中填写以上地址，以及配置文件里的 Token 和 EncodingAESKey。
        </Trans>
      </p>
      <AccountCheck accountId={account.id}>
        {onRotate === undefined ? null : (
          <Button size="s" aria-label={t`更换密钥：${account.name}`} onClick={onRotate}>
            <Trans>更换密钥</Trans>
          </Button>
        )}
      </AccountCheck>
    </Panel>
  )
}

function Health({ account }: { readonly account: Account }) {
  const locale = useLocale()
  const nowMs = useNow()
  const { lastPushAt, silent, degraded } = account
  const heard = lastPushAt === null ? undefined : spanOf(nowMs - Date.parse(lastPushAt), locale)
  if (degraded !== null) {
    return (
      <Badge tone="bad" icon={<CircleAlert className="size-4" aria-hidden="true" />}>
        <Trans>
          微信拒绝调用（{degraded.code}）：{degraded.reason}
        </Trans>
      </Badge>
    )
  }
  if (heard === undefined) {
    return (
      <Badge tone="quiet" icon={<CircleDashed className="size-4" aria-hidden="true" />}>
        <Trans>还没有收到过消息</Trans>
      </Badge>
    )
  }
  if (silent) {
    return (
      <Badge tone="warn" icon={<CircleAlert className="size-4" aria-hidden="true" />}>
        <Trans>已 {heard}没有收到消息，请检查服务器配置</Trans>
      </Badge>
    )
  }
  return (
    <Badge tone="good" icon={<CircleCheck className="size-4" aria-hidden="true" />}>
      <Trans>正常 · {heard}前收到消息</Trans>
    </Badge>
  )
}

const tones = { good: 'text-good', warn: 'text-warn', bad: 'text-bad', quiet: 'text-text-3' }
type BadgeProps = { readonly tone: keyof typeof tones; readonly icon: ReactNode; readonly children: ReactNode }

function Badge({ tone, icon, children }: BadgeProps) {
  return (
    <span className={`inline-flex items-center gap-1.5 text-[13px] ${tones[tone]}`}>
      {icon}
      {children}
    </span>
  )
}
