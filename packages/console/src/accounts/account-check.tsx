import type { AccountCheck as Check } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useFailureWords } from '../i18n/failure-words.ts'
import { client } from '../live/client.ts'
import { Button } from '../ui/button.tsx'

/** Signatures and links carry times: more than this is worth a word. */
const clockLimitMs = 5_000

type Props = {
  readonly accountId: string
  /** What else can be done with the account. */
  readonly children?: ReactNode
}

/** Asks WeChat now, on behalf of the account, and says what to do about the answer. */
export function AccountCheck({ accountId, children }: Props) {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const { data, error, isPending, mutate } = useMutation({ mutationFn: () => client.accounts.check(accountId) })
  return (
    <div className="mt-4 flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line pt-3">
      <Button size="s" disabled={isPending} onClick={() => mutate()}>
        {isPending ? t`正在询问微信` : t`立即检查`}
      </Button>
      {children}
      <div role="status" className="min-w-0 text-[13px]">
        {isPending ? null : error === null ? (
          data !== undefined && <Answer check={data} />
        ) : (
          <Line tone="bad">{wordsOf(error).sentence}</Line>
        )}
      </div>
    </div>
  )
}

function Answer({ check }: { readonly check: Check }) {
  const { unreachable, tokenError, clockDifferenceMs } = check
  const seconds = Math.round(Math.abs(clockDifferenceMs ?? 0) / 1000)
  if (unreachable !== null) {
    return (
      <Line tone="bad">
        <Trans>连不上微信接口：{unreachable}。请检查网络、代理或微信接口地址。</Trans>
      </Line>
    )
  }
  if (tokenError !== null) {
    return (
      <Line tone="bad">
        <Trans>微信没有给出 access_token：{tokenError}。请检查 AppID、AppSecret 和 IP 白名单。</Trans>
      </Line>
    )
  }
  if (Math.abs(clockDifferenceMs ?? 0) > clockLimitMs) {
    return (
      <Line tone="warn">
        <Trans>微信应答正常，但本机时钟与微信相差 {seconds} 秒，请用 NTP 校时。</Trans>
      </Line>
    )
  }
  return (
    <Line tone="good">
      <Trans>微信应答正常，密钥有效，时钟一致。</Trans>
    </Line>
  )
}

const icons = { good: CircleCheck, warn: TriangleAlert, bad: CircleAlert }
const tones = { good: 'text-good', warn: 'text-warn', bad: 'text-bad' }

function Line({ tone, children }: { readonly tone: keyof typeof icons; readonly children: ReactNode }) {
  const Icon = icons[tone]
  return (
    <p className={`flex items-start gap-1.5 ${tones[tone]}`}>
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
      <span className="min-w-0 break-words">{children}</span>
    </p>
  )
}
