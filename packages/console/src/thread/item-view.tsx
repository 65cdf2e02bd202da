import type { Conversation, Message } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { memo, type ReactNode } from 'react'
import { fullTime, threadTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { isMine } from '../live/conversation-list.ts'
import type { Outgoing } from '../live/outbox.ts'
import { useAgentName, useSelf } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { Avatar } from '../ui/avatar.tsx'
import { ContentView } from './content-view.tsx'
import { DeliveryMark, OutgoingMark } from './delivery-mark.tsx'
import { LineView } from './line-view.tsx'
import { MessageTools } from './message-tools.tsx'
import { wordsOf } from './message-words.ts'
import type { ThreadItem } from './thread-items.ts'

type Props = { readonly item: ThreadItem; readonly conversation: Conversation }

export const ItemView = memo(function ItemView({ item, conversation }: Props) {
  switch (item.kind) {
    case 'time':
      return <TimeView atMs={item.atMs} />
    case 'session':
      return (
        <Notice>
          <Trans>新的会话</Trans>
        </Notice>
      )
    case 'line':
      return (
        <Notice>
          <LineView line={item.line} />
        </Notice>
      )
    case 'message':
      return <MessageView message={item.message} grouped={item.grouped} conversation={conversation} />
    case 'outgoing':
      return <OutgoingView outgoing={item.outgoing} />
    default:
      return item satisfies never
  }
})

function TimeView({ atMs }: { readonly atMs: number }) {
  const locale = useLocale()
  const nowMs = useNow(60_000)
  return (
    <p className="numbers py-2 text-center text-xs text-text-3">
      <time dateTime={new Date(atMs).toISOString()} title={fullTime(atMs, locale)}>
        {threadTime(atMs, nowMs, locale)}
      </time>
    </p>
  )
}

function Notice({ children }: { readonly children: ReactNode }) {
  return (
    <div className="flex justify-center px-6 py-1.5 text-center text-xs text-text-3">
      <div className="max-w-full">{children}</div>
    </div>
  )
}

type MessageProps = { readonly message: Message; readonly grouped: boolean; readonly conversation: Conversation }

function MessageView({ message, grouped, conversation }: MessageProps) {
  const { direction, content, recalled } = message
  if (content?.type === 'action') {
    return (
      <Notice>
        <ContentView content={content} own={false} />
      </Notice>
    )
  }
  const own = direction === 'out'
  const words = recalled || content === null ? null : wordsOf(content)
  return (
    <Row
      own={own}
      grouped={grouped}
      sender={own ? <SenderAvatar message={message} /> : <CustomerAvatar {...conversation} />}
    >
      {own && !grouped ? <SenderName message={message} /> : null}
      <div className={`flex max-w-full flex-wrap items-end gap-x-1.5 ${own ? 'flex-row-reverse' : ''}`}>
        <div className="group relative max-w-full min-w-0">
          {recalled ? <Recalled /> : content === null ? <Erased /> : <ContentView content={content} own={own} />}
          {words === null ? null : <ToolsOf message={message} words={words} conversation={conversation} />}
        </div>
        {own && message.delivery !== undefined ? <DeliveryMark message={message} delivery={message.delivery} /> : null}
      </div>
    </Row>
  )
}

type ToolsProps = { readonly message: Message; readonly words: string; readonly conversation: Conversation }

function ToolsOf({ message, words, conversation }: ToolsProps) {
  const own = message.direction === 'out'
  const agentName = useSenderName(message)
  const mayWrite = isMine(conversation, useSelf()?.id)
  return (
    <MessageTools
      words={words}
      sender={own ? agentName : conversation.customer.name}
      own={own}
      quoteTo={mayWrite ? conversation.id : null}
    />
  )
}

function OutgoingView({ outgoing }: { readonly outgoing: Outgoing }) {
  return (
    <Row own grouped sender={null}>
      <div className="flex max-w-full flex-row-reverse flex-wrap items-end gap-x-1.5">
        <ContentView content={outgoing.content} own />
        <OutgoingMark outgoing={outgoing} />
      </div>
    </Row>
  )
}

type RowProps = {
  readonly own: boolean
  readonly grouped: boolean
  readonly sender: ReactNode
  readonly children: ReactNode
}

function Row({ own, grouped, sender, children }: RowProps) {
  return (
    <div className={`flex gap-2.5 px-4 ${grouped ? 'pt-1' : 'pt-2.5'} ${own ? 'flex-row-reverse' : ''}`}>
      <span className="w-9 shrink-0">{grouped ? null : sender}</span>
      <div className={`flex max-w-[min(76%,560px)] min-w-0 flex-col gap-0.5 ${own ? 'items-end' : 'items-start'}`}>
        {children}
      </div>
    </div>
  )
}

function CustomerAvatar({ customer }: Conversation) {
  return <Avatar id={customer.id} name={customer.name} />
}

function SenderAvatar({ message }: { readonly message: Message }) {
  const name = useSenderName(message)
  const { sender } = message
  const id = sender.kind === 'agent' ? sender.agentId : sender.kind === 'app' ? sender.appId : sender.kind
  return <Avatar id={id} name={name} />
}

function SenderName({ message }: { readonly message: Message }) {
  return <span className="text-xs text-text-3">{useSenderName(message)}</span>
}

function useSenderName({ sender }: Message): string {
  const { t } = useLingui()
  const agentName = useAgentName(sender.kind === 'agent' ? sender.agentId : undefined)
  switch (sender.kind) {
    case 'agent':
      return agentName ?? sender.agentId
    case 'app':
      return sender.appId
    case 'rule':
      return t`自动回复`
    case 'operator':
      return t`管理员`
    case 'system':
    case 'customer':
      return t`系统`
    default:
      return sender satisfies never
  }
}

function Recalled() {
  return (
    <p className="rounded-lg border border-dashed border-strong-line px-3 py-1.5 text-[13px] text-text-3">
      <Trans>消息已撤回</Trans>
    </p>
  )
}

function Erased() {
  return (
    <p className="rounded-lg border border-dashed border-strong-line px-3 py-1.5 text-[13px] text-text-3">
      <Trans>内容已按要求删除</Trans>
    </p>
  )
}
