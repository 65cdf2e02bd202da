import type { Conversation } from '@duoke/contract'
import { Trans } from '@lingui/react/macro'
import { useAct } from '../i18n/failure-words.ts'
import { fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { openDialog } from '../shell/desk-state.ts'
import { Button } from '../ui/button.tsx'

type Props = { readonly customer: Conversation['customer'] }

/** Puts a customer on the block list, after asking, and takes them off it. */
export function BlockControl({ customer }: Props) {
  const act = useAct()
  const locale = useLocale()
  const { id, name, blocked } = customer
  if (blocked !== undefined) {
    const time = blocked.until === null ? undefined : fullTime(Date.parse(blocked.until), locale)
    return (
      <div className="flex items-center justify-between gap-3">
        <p className="text-[13px] text-warn">
          {time === undefined ? <Trans>已拉黑，消息只记录</Trans> : <Trans>拉黑至 {time}，消息只记录</Trans>}
        </p>
        <Button size="s" onClick={() => void act(client.customers.unblock(id))}>
          <Trans>移出黑名单</Trans>
        </Button>
      </div>
    )
  }
  return (
    <Button size="s" onClick={() => openDialog({ kind: 'block', customerId: id, name })}>
      <Trans>拉黑客户</Trans>
    </Button>
  )
}
