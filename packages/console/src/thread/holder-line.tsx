import type { Conversation } from '@duoke/contract'
import { Trans } from '@lingui/react/macro'
import { isLeftOpen } from '../live/conversation-list.ts'
import { useAgentName, useLive, useSelf } from '../live/use-live.ts'

/** Who has control now, in one line. */
export function HolderLine({ conversation }: { readonly conversation: Conversation }) {
  const { holder, account } = conversation
  const self = useSelf()
  const name = useAgentName(holder.kind === 'agent' ? holder.agentId : undefined)
  const teamName = useLive((live) => (holder.kind === 'queue' ? live.teams.get(holder.teamId ?? '')?.name : undefined))
  const where = account.name
  const askedName = useAgentName(conversation.offer?.agentId)
  switch (holder.kind) {
    case 'agent':
      if (conversation.parked !== null) return <Trans>已挂起 · {where}</Trans>
      return holder.agentId === self?.id ? (
        <Trans>由你接待 · {where}</Trans>
      ) : (
        <Trans>
          由{name}接待 · {where}
        </Trans>
      )
    case 'app':
      return (
        <Trans>
          由应用 {holder.appId} 接待 · {where}
        </Trans>
      )
    case 'queue':
      if (askedName !== undefined) {
        return (
          <Trans>
            待接入 · 已邀请{askedName} · {where}
          </Trans>
        )
      }
      if (conversation.broadcast !== undefined) return <Trans>待接入 · 抢接中 · {where}</Trans>
      return teamName === undefined ? (
        <Trans>待接入 · {where}</Trans>
      ) : (
        <Trans>
          待接入 · {teamName} · {where}
        </Trans>
      )
    case 'nobody':
      return isLeftOpen(conversation) ? <Trans>留言 · {where}</Trans> : <Trans>会话已结束 · {where}</Trans>
    default:
      return holder satisfies never
  }
}
