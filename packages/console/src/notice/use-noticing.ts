import { useLingui } from '@lingui/react/macro'
import { useCallback, useEffect } from 'react'
import { useLocation } from 'wouter'
import { useStore } from 'zustand'
import { preferences } from '../i18n/preferences.ts'
import { usePreviewWords } from '../inbox/preview-words.ts'
import { liveStore } from '../live/live-store.ts'
import { useCounts } from '../live/use-live.ts'
import { toasts } from '../ui/toasts.ts'
import { allowSound, beep } from './beep.ts'
import type { Notice } from './noticing.ts'
import { onNotices } from './tell-notices.ts'

/** Sound, title, icon and desktop notification: working from the first sign-in, without touching a setting. */
export function useNoticing(): void {
  useTitle()
  useSoundPermission()
  const { t } = useLingui()
  const titleOf = useNoticeWords()
  const previewOf = usePreviewWords()
  const [, navigate] = useLocation()
  useEffect(
    () =>
      onNotices((all) => {
        for (const notice of all) {
          if (notice.kind !== 'taken') continue
          const name = liveStore.getState().agents.get(notice.by)?.nickname ?? notice.by
          toasts.add({ title: t`${name}已抢接`, description: notice.conversation.customer.name })
        }
        const notices = all.filter((notice) => notice.kind !== 'taken')
        const loudest = notices.find(isForMe) ?? notices[0]
        if (loudest === undefined) return
        const { sound, notifications } = preferences.getState()
        if (sound) beep(isForMe(loudest))
        const words = titleOf(loudest.kind)
        const isLooking = document.visibilityState === 'visible' && document.hasFocus()
        if (isLooking && ['assigned', 'mentioned'].includes(loudest.kind) && !isOpen(loudest)) {
          toasts.add({ title: words, description: loudest.conversation.customer.name })
        }
        if (!isLooking && notifications) {
          notify(loudest, words, previewOf(loudest.conversation), () => navigate(`/c/${loudest.conversation.id}`))
        }
      }),
    [t, titleOf, previewOf, navigate],
  )
}

const isForMe = ({ kind }: Notice): boolean => ['assigned', 'offered', 'mentioned'].includes(kind)

/** What one has before one's eyes needs no announcement. */
function isOpen({ conversation }: Notice): boolean {
  return location.hash.endsWith(`/c/${conversation.id}`)
}

function useNoticeWords(): (kind: Exclude<Notice['kind'], 'taken'>) => string {
  const { t } = useLingui()
  return useCallback(
    (kind) => {
      switch (kind) {
        case 'assigned':
          return t`新会话已分配给你`
        case 'offered':
          return t`邀请你接入新会话`
        case 'mentioned':
          return t`有同事在备注中提到你`
        case 'message':
          return t`客户发来新消息`
        case 'waiting':
          return t`有客户在等待接入`
        default:
          return kind satisfies never
      }
    },
    [t],
  )
}

function useTitle(): void {
  const { t } = useLingui()
  const { unread, waiting } = useCounts()
  const count = unread + waiting
  useEffect(() => {
    document.title = count > 0 ? `(${count}) ${t`多客`}` : t`多客`
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
    if (icon !== null) icon.href = count > 0 ? 'favicon-unread.svg' : 'favicon.svg'
  }, [count, t])
}

function useSoundPermission(): void {
  const sound = useStore(preferences, (kept) => kept.sound)
  useEffect(() => {
    if (!sound) return
    const allow = () => allowSound()
    window.addEventListener('pointerdown', allow, { once: true })
    window.addEventListener('keydown', allow, { once: true })
    return () => {
      window.removeEventListener('pointerdown', allow)
      window.removeEventListener('keydown', allow)
    }
  }, [sound])
}

function notify(notice: Notice, title: string, preview: string, open: () => void): void {
  if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return
  const { id, customer } = notice.conversation
  // One per conversation: the newest takes the place of the one before.
  const shown = new Notification(title, { body: `${customer.name}：${preview}`, tag: id, icon: 'favicon.svg' })
  shown.onclick = () => {
    window.focus()
    open()
    shown.close()
  }
}
