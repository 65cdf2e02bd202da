import type { Conversation } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'
import { fullTime, threadTime, untilTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { useLive } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { answerableOf } from './answerable.ts'

export type LeftWords = {
  readonly since: string
  readonly sinceExactly: string
  /** For whom it was left. */
  readonly team: string
  readonly answerable: string
  readonly mayTake: boolean
}

/** What there is to say of a message that is left, in the list as in its thread. */
export function useLeftWords(conversation: Conversation): LeftWords {
  const { t } = useLingui()
  const locale = useLocale()
  const nowMs = useNow(10_000)
  const { since = '', teamId = null } = conversation.messageLeft ?? {}
  const teamName = useLive((live) => live.teams.get(teamId ?? '')?.name)
  const answerable = answerableOf(conversation, nowMs)
  const sinceMs = Date.parse(since)
  const words = () => {
    if (answerable.kind === 'until') {
      const time = untilTime(answerable.atMs, nowMs, locale)
      return t`可回复至 ${time}`
    }
    switch (answerable.reason) {
      case 'window':
        return t`已过期，暂时不能回复`
      case 'count':
        return t`回复条数已用完`
      case 'unfollowed':
        return t`客户已取消关注`
      default:
        return answerable.reason satisfies never
    }
  }
  return {
    since: threadTime(sinceMs, nowMs, locale),
    sinceExactly: fullTime(sinceMs, locale),
    team: teamName ?? teamId ?? t`全部客服`,
    answerable: words(),
    mayTake: answerable.kind === 'until',
  }
}
