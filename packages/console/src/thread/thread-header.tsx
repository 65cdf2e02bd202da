import type { Conversation } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import {
  ArrowLeft,
  ArrowRightLeft,
  CircleCheck,
  CircleHelp,
  CirclePause,
  CirclePlay,
  Hand,
  Info,
  type LucideIcon,
  PanelRight,
  Search,
  ShieldCheck,
} from 'lucide-react'
import { Link } from 'wouter'
import { useStore } from 'zustand'
import { prefer, preferences } from '../i18n/preferences.ts'
import { useDeskActions } from '../keys/use-desk-actions.ts'
import { isMine } from '../live/conversation-list.ts'
import { find } from '../live/looking.ts'
import { useLive, useMe, useSelf } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { openDialog } from '../shell/desk-state.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { HolderLine } from './holder-line.tsx'

export function ThreadHeader({ conversation }: { readonly conversation: Conversation }) {
  const { t } = useLingui()
  const { customer, id } = conversation
  return (
    <header className="flex h-14 shrink-0 items-center gap-0.5 @min-[480px]/desk:gap-2.5 border-b border-line bg-panel px-3">
      <Link
        href="/"
        aria-label={t`返回列表`}
        className="-ml-1 inline-flex size-8 items-center justify-center rounded-md text-text-2 hover:bg-hover @min-[720px]/desk:hidden"
      >
        <ArrowLeft className="size-4.5" aria-hidden="true" />
      </Link>
      <span className="hidden @min-[480px]/desk:inline">
        <Avatar id={customer.id} name={customer.name} />
      </span>
      <div className="min-w-0 grow">
        <h1 className="truncate leading-5 font-semibold">{customer.name}</h1>
        <p className="truncate text-xs text-text-3">
          <Presence conversationId={id} />
          <HolderLine conversation={conversation} />
        </p>
      </div>
      <Verbs conversation={conversation} />
      {/* On a phone the customer's page leads there. */}
      <span className="hidden @min-[480px]/desk:inline">
        <IconButton
          label={t`查找聊天记录`}
          keys="F"
          icon={<Search className="size-4.5" aria-hidden="true" />}
          onClick={() => find(id)}
        />
      </span>
      <CustomerToggle conversationId={id} />
    </header>
  )
}

function Verbs({ conversation }: { readonly conversation: Conversation }) {
  const { t } = useLingui()
  const self = useSelf()
  const { run } = useDeskActions()
  const me = useMe()
  const { decisionId, id, hand } = conversation
  const isOwn = isMine(conversation, self?.id)
  const maySupervise = conversation.status !== 'closed' && (me?.scopes.includes('sessions:supervise') ?? false)
  return (
    <>
      {decisionId === null ? null : (
        // On a phone the thread and the customer's page lead there as well, and the name needs the room.
        <span className="hidden @min-[480px]/desk:inline">
          <IconButton
            label={t`为什么分给我？`}
            keys="W"
            icon={<CircleHelp className="size-4.5" aria-hidden="true" />}
            onClick={() => openDialog({ kind: 'decision', decisionId })}
          />
        </span>
      )}
      {!isOwn && maySupervise ? (
        <IconButton
          label={hand === undefined ? t`主管操作` : t`主管操作（客服举手中）`}
          keys="S"
          pressed={hand !== undefined}
          icon={<ShieldCheck className="size-4.5" aria-hidden="true" />}
          onClick={() => run('supervise')}
        />
      ) : null}
      {isOwn ? (
        <>
          <IconButton
            label={hand === undefined ? t`举手请主管帮忙` : t`放下手`}
            keys="H"
            pressed={hand !== undefined}
            icon={<Hand className="size-4.5" aria-hidden="true" />}
            onClick={() => run('hand')}
          />
          {conversation.parked === null ? (
            <Verb label={t`挂起`} icon={CirclePause} onClick={() => run('park')} />
          ) : (
            <Verb label={t`恢复`} icon={CirclePlay} onClick={() => run('park')} />
          )}
          <Verb
            label={t`转接`}
            icon={ArrowRightLeft}
            onClick={() => openDialog({ kind: 'transfer', conversationId: id })}
          />
          <Verb label={t`结束会话`} icon={CircleCheck} onClick={() => run('end')} />
        </>
      ) : null}
    </>
  )
}

type VerbProps = { readonly label: string; readonly icon: LucideIcon; readonly onClick: () => void }

/** In words where there is room: on a phone they would leave none for the customer's name. */
function Verb({ label, icon: Icon, onClick }: VerbProps) {
  return (
    <>
      <span className="hidden @min-[480px]/desk:inline">
        <Button size="s" onClick={onClick}>
          {label}
        </Button>
      </span>
      <span className="@min-[480px]/desk:hidden">
        <IconButton label={label} icon={<Icon className="size-4.5" aria-hidden="true" />} onClick={onClick} />
      </span>
    </>
  )
}

/** Beside the thread where there is room, over it where there is none. */
function CustomerToggle({ conversationId }: { readonly conversationId: string }) {
  const { t } = useLingui()
  const shown = useStore(preferences, (kept) => kept.showCustomer)
  return (
    <>
      <span className="hidden @min-[1080px]/desk:inline">
        <IconButton
          label={shown ? t`隐藏客户资料` : t`显示客户资料`}
          pressed={shown}
          icon={<PanelRight className="size-4.5" aria-hidden="true" />}
          onClick={() => prefer({ showCustomer: !shown })}
        />
      </span>
      <span className="@min-[1080px]/desk:hidden">
        <IconButton
          label={t`客户资料`}
          icon={<Info className="size-4.5" aria-hidden="true" />}
          onClick={() => openDialog({ kind: 'customer', conversationId })}
        />
      </span>
    </>
  )
}

/** A colleague who writes or looks here: before two answer one customer. */
function Presence({ conversationId }: { readonly conversationId: string }) {
  const nowMs = useNow()
  const self = useSelf()
  const agents = useLive((live) => live.agents)
  const typing = useLive((live) => live.typing.get(conversationId))
  const viewing = useLive((live) => live.viewing.get(conversationId))
  const nameOf = (id: string) => agents.get(id)?.nickname ?? id
  if (typing !== undefined && typing.agentId !== self?.id && typing.untilMs > nowMs) {
    const name = nameOf(typing.agentId)
    return (
      <span className="mr-2 text-warn">
        <Trans>{name}正在输入…</Trans>
      </span>
    )
  }
  const others = (viewing ?? []).filter((id) => id !== self?.id).map(nameOf)
  if (others.length === 0) return null
  const names = others.join('、')
  return (
    <span className="mr-2 text-brand">
      <Trans>{names}正在查看</Trans>
    </span>
  )
}
