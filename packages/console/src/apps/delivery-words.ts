import type { AppDelivery } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'

type Outcome = AppDelivery['outcome']
type Became = NonNullable<AppDelivery['became']>

/** What became of a push to an app and of what it answered. */
export function useDeliveryWords() {
  const { t } = useLingui()
  const outcomes: Record<Outcome, string> = {
    silent: t`已收到，没有应答`,
    reply: t`已应答`,
    transfer: t`已应答：转人工`,
    malformed: t`已收到，应答无法识别`,
    failed: t`失败，将重试`,
    'not-asked': t`没有询问`,
    'given-up': t`已放弃`,
  }
  const became: Record<Became, string> = {
    sent: t`采用为被动回复`,
    transferred: t`已转人工`,
    'queued-as-message': t`改为客服消息发出`,
    dropped: t`未采用`,
  }
  const kinds: Record<AppDelivery['kind'], string> = { ask: t`询问`, push: t`推送`, verification: t`验证` }
  const outcomeOf = ({ kind, outcome }: AppDelivery) =>
    kind === 'verification' && outcome === 'silent' ? t`原样返回了 echostr` : outcomes[outcome]
  return { outcomeOf, became, kinds }
}

export const isTrouble = ({ outcome }: AppDelivery): boolean =>
  outcome === 'failed' || outcome === 'given-up' || outcome === 'malformed'
