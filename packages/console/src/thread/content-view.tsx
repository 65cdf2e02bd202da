import type { Content } from '@duoke/contract'
import { Trans } from '@lingui/react/macro'
import { AppWindow, FileText, Link2, MapPin, Music, TicketCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { sizeOf } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { ActionView } from './action-view.tsx'
import { ImageView, VideoView } from './media-view.tsx'
import { safeUrl } from './safe-links.ts'
import { TextView } from './text-view.tsx'
import { VoiceView } from './voice-view.tsx'

type Props = { readonly content: Content; readonly own: boolean }

/** Every kind of content, shown as text and shapes of ours: nothing that a stranger wrote is ever markup. */
export function ContentView({ content, own }: Props) {
  switch (content.type) {
    case 'text':
      return (
        <Bubble own={own}>
          <TextView text={content.text} />
          {content.menuItemId === undefined ? null : (
            <span className="mt-0.5 block text-xs opacity-80">
              <Trans>点击了菜单</Trans>
            </span>
          )}
        </Bubble>
      )
    case 'image':
      return <ImageView mediaId={content.mediaId} />
    case 'voice':
      return (
        <Bubble own={own}>
          <VoiceView mediaId={content.mediaId} recognition={content.recognition} />
        </Bubble>
      )
    case 'video':
      return <VideoView mediaId={content.mediaId} thumbId={content.thumbMediaId} title={content.title} />
    case 'menu':
      return (
        <Bubble own={own}>
          <MenuText {...content} />
        </Bubble>
      )
    case 'action':
      return <ActionView content={content} />
    case 'unknown':
      return (
        <Bubble own={own}>
          <span className="text-[13px] opacity-80">
            <Trans>暂不支持显示的消息类型：{content.name}</Trans>
          </span>
        </Bubble>
      )
    default:
      return <CardContent content={content} />
  }
}

type CardContentProps = {
  readonly content: Extract<
    Content,
    { type: 'file' | 'location' | 'link' | 'mini-program' | 'music' | 'news' | 'card' | 'article' }
  >
}

function CardContent({ content }: CardContentProps) {
  const locale = useLocale()
  switch (content.type) {
    case 'file':
      return (
        <Card
          icon={<FileText className="size-5" aria-hidden="true" />}
          title={content.name}
          detail={content.sizeBytes === undefined ? undefined : sizeOf(content.sizeBytes, locale)}
          url={content.mediaId === undefined ? undefined : client.mediaUrl(content.mediaId)}
        />
      )
    case 'location':
      return (
        <Card
          icon={<MapPin className="size-5" aria-hidden="true" />}
          title={content.label === '' ? <Trans>位置</Trans> : content.label}
          detail={`${content.latitude.toFixed(5)}, ${content.longitude.toFixed(5)}`}
          url={mapUrl(content.latitude, content.longitude)}
        />
      )
    case 'link':
      return (
        <Card
          icon={<Link2 className="size-5" aria-hidden="true" />}
          title={content.title}
          detail={content.description}
          url={safeUrl(content.url)}
        />
      )
    case 'mini-program':
      return (
        <Card
          icon={<AppWindow className="size-5" aria-hidden="true" />}
          title={content.title}
          detail={<Trans>小程序 {content.pagePath}</Trans>}
        />
      )
    case 'music':
      return (
        <Card
          icon={<Music className="size-5" aria-hidden="true" />}
          title={content.title}
          detail={content.description}
          url={safeUrl(content.url)}
        />
      )
    case 'news':
      return content.articles.map(({ title, description, url }) => (
        <Card
          key={url}
          icon={<FileText className="size-5" aria-hidden="true" />}
          title={title}
          detail={description}
          url={safeUrl(url)}
        />
      ))
    case 'card':
    case 'article':
      return <NamedContent content={content} />
    default:
      return content satisfies never
  }
}

/** What is with WeChat, and known here by its id only. */
function NamedContent({ content }: { readonly content: Extract<Content, { type: 'card' | 'article' }> }) {
  return content.type === 'card' ? (
    <Card
      icon={<TicketCheck className="size-5" aria-hidden="true" />}
      title={<Trans>卡券</Trans>}
      detail={content.cardId}
    />
  ) : (
    <Card
      icon={<FileText className="size-5" aria-hidden="true" />}
      title={<Trans>图文</Trans>}
      detail={content.articleId}
    />
  )
}

export function Bubble({ own, children }: { readonly own: boolean; readonly children: ReactNode }) {
  return (
    <div
      className={`max-w-full min-w-0 rounded-lg px-3 py-1.5 leading-[22px] wrap-anywhere whitespace-pre-wrap ${
        own ? 'bg-own text-own-text' : 'bg-theirs text-text'
      }`}
    >
      {children}
    </div>
  )
}

type CardProps = {
  readonly icon: ReactNode
  readonly title: ReactNode
  readonly detail?: ReactNode
  readonly url?: string | undefined
}

function Card({ icon, title, detail, url }: CardProps) {
  const body = (
    <>
      <span className="flex size-9 shrink-0 items-center justify-center rounded-md bg-brand-soft text-brand">
        {icon}
      </span>
      <span className="min-w-0">
        <span className="line-clamp-2 wrap-anywhere text-text">{title}</span>
        {detail === undefined || detail === '' ? null : (
          <span className="line-clamp-2 text-xs wrap-anywhere text-text-3">{detail}</span>
        )}
      </span>
    </>
  )
  const shape = 'flex w-64 max-w-full items-center gap-3 rounded-lg bg-theirs p-3 text-left'
  if (url === undefined) return <div className={shape}>{body}</div>
  return (
    <a href={url} target="_blank" rel="noreferrer noopener" className={`${shape} hover:bg-hover`}>
      {body}
    </a>
  )
}

type MenuContent = Extract<Content, { type: 'menu' }>

function MenuText({ head, items, tail }: MenuContent) {
  return (
    <>
      {head === undefined ? null : <TextView text={head} />}
      <ul className="my-1 list-inside list-disc">
        {items.map(({ id, text }) => (
          <li key={id}>{text}</li>
        ))}
      </ul>
      {tail === undefined ? null : <TextView text={tail} />}
    </>
  )
}

/** Opened in a tab of its own, at a person's wish; the page itself asks no stranger. */
function mapUrl(latitude: number, longitude: number): string {
  return `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`
}
