import type { Account } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { CircleCheck, CircleDashed } from 'lucide-react'
import type { ReactNode } from 'react'
import { CopyButton } from '../ui/copy-button.tsx'
import { AccountCheck } from './account-check.tsx'
import type { PushSecrets } from './use-account-secrets.ts'

type Props = { readonly account: Account; readonly secrets: PushSecrets }

/** What is pasted where, and whether it has worked: the account is read anew while this is open. */
export function SetUpSteps({ account, secrets }: Props) {
  const { t } = useLingui()
  const values = [
    { label: t`服务器地址（URL）`, value: account.serverAddress, copy: t`复制服务器地址` },
    { label: 'Token', value: secrets.token, copy: t`复制 Token` },
    { label: 'EncodingAESKey', value: secrets.encodingAesKey, copy: t`复制 EncodingAESKey` },
  ]
  return (
    <ol className="flex flex-col gap-5">
      <li>
        <h3 className="font-medium">
          <Trans>1. 服务器配置</Trans>
        </h3>
        <p className="mb-2 text-[13px] text-text-2">
          <Trans>「设置与开发 → 基本配置 → 服务器配置」，逐项粘贴，消息加解密方式选「安全模式」，提交后启用。</Trans>
        </p>
        <dl className="flex flex-col gap-1.5">
          {values.map(({ label, value, copy }) => (
            <div key={label} className="flex items-center gap-2 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
              <dt className="w-28 shrink-0 text-[13px] text-text-3">{label}</dt>
              <dd className="flex min-w-0 grow items-center gap-1">
                <span className="min-w-0 grow font-mono text-xs break-all">{value}</span>
                <CopyButton text={value} label={copy} />
              </dd>
            </div>
          ))}
        </dl>
      </li>
      <li>
        <h3 className="font-medium">
          <Trans>2. IP 白名单</Trans>
        </h3>
        <p className="text-[13px] text-text-2">
          <Trans>
            「基本配置 → IP 白名单」中加上这台服务器的出口地址。不知道是多少时直接检查：微信的拒绝（40164）里就写着它。
          </Trans>
        </p>
        <AccountCheck accountId={account.id} />
      </li>
      <li>
        <h3 className="font-medium">
          <Trans>3. 第一条消息</Trans>
        </h3>
        <Seen done={account.lastPushAt !== null}>
          {account.lastPushAt === null
            ? t`用微信给公众号发一条消息，收到后这里会变绿。`
            : t`已经收到微信的推送，可以开始接待了。`}
        </Seen>
      </li>
    </ol>
  )
}

function Seen({ done, children }: { readonly done: boolean; readonly children: ReactNode }) {
  const Icon = done ? CircleCheck : CircleDashed
  return (
    <p role="status" className={`flex items-center gap-1.5 text-[13px] ${done ? 'text-good' : 'text-text-2'}`}>
      <Icon className="size-4 shrink-0" aria-hidden="true" />
      {children}
    </p>
  )
}
