import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useVirtualizer } from '@tanstack/react-virtual'
import { AtSign, Coffee, Search } from 'lucide-react'
import { Suspense, useRef } from 'react'
import { useStore } from 'zustand'
import { useAct } from '../i18n/failure-words.ts'
import { sparedPart } from '../i18n/spared-part.ts'
import { setPresence } from '../live/acting.ts'
import type { Tab } from '../live/conversation-list.ts'
import { useCounts, useHasSeveralAccounts, useLive, useRows, useSelf } from '../live/use-live.ts'
import { mentionsStore } from '../notes/mentions.ts'
import { deskState, openDialog, showTab } from '../shell/desk-state.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Empty, Waiting } from '../ui/empty.tsx'
import { type TabEntry, TabStrip } from '../ui/tab-strip.tsx'
import { ConversationRow } from './conversation-row.tsx'
import { PresenceSelect } from './presence-select.tsx'

// Both come with the first look at what was left.
const LeftRow = sparedPart(() => import('../message-box/left-row.tsx').then((file) => file.LeftRow))
const LeftUndo = sparedPart(() => import('../message-box/left-undo.tsx').then((file) => file.LeftUndo))

export function ListPane({ currentId }: { readonly currentId: string | undefined }) {
  const { t } = useLingui()
  const tab = useStore(deskState, (state) => state.tab)
  return (
    <section aria-label={t`对话列表`} className="flex h-full flex-col bg-panel">
      <header className="flex items-center gap-2 px-3 pt-3 pb-2">
        <div className="grow">
          <PresenceSelect />
        </div>
        <MentionsButton />
        <IconButton
          label={t`搜索命令或客户`}
          keys="Mod+K"
          icon={<Search className="size-4" aria-hidden="true" />}
          onClick={() => openDialog({ kind: 'palette' })}
        />
      </header>
      <OfflineHint />
      <TabStrip tabs={useTabs()} value={tab} onChange={showTab}>
        {tab === 'left' ? (
          <Suspense fallback={null}>
            <LeftUndo />
          </Suspense>
        ) : null}
        <Suspense fallback={<Waiting label={t`正在读取对话`} />}>
          <Rows key={tab} tab={tab} currentId={currentId} />
        </Suspense>
      </TabStrip>
    </section>
  )
}

/** With a mark while there is something new. */
function MentionsButton() {
  const { t } = useLingui()
  const unseen = useStore(mentionsStore, (kept) => kept.unseen)
  return (
    <span className="relative">
      <IconButton
        label={unseen === 0 ? t`提到我的备注` : t`提到我的备注（${unseen} 条未看）`}
        keys="A"
        icon={<AtSign className="size-4" aria-hidden="true" />}
        onClick={() => openDialog({ kind: 'mentions' })}
      />
      {unseen === 0 ? null : (
        <span className="pointer-events-none absolute top-1 right-1 size-2 rounded-full bg-bad-fill" />
      )}
    </span>
  )
}

function useTabs(): TabEntry<Tab>[] {
  const { t } = useLingui()
  const { waiting, mine, open, left } = useCounts()
  return [
    { value: 'waiting', label: t`待接入`, count: waiting, loud: waiting > 0 },
    { value: 'mine', label: t`我的`, count: mine, loud: false },
    { value: 'all', label: t`全部`, count: open, loud: false },
    { value: 'left', label: t`留言`, count: left, loud: false },
  ]
}

/** Below this, every row is in the page: searching in the page and screen readers find them all. */
const plainUpTo = 100

function rowHeight(tab: Tab, showAccount: boolean): number {
  if (tab === 'left') return showAccount ? 130 : 114
  return showAccount ? 74 : 60
}

function Rows({ tab, currentId }: { readonly tab: Tab; readonly currentId: string | undefined }) {
  const { t } = useLingui()
  const rows = useRows(tab)
  const loaded = useLive((live) => live.loaded)
  const scroller = useRef<HTMLDivElement>(null)
  const isLong = rows.length > plainUpTo
  const showAccount = useHasSeveralAccounts()
  const Row = tab === 'left' ? LeftRow : ConversationRow
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight(tab, showAccount),
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
    enabled: isLong,
  })
  if (!loaded && rows.length === 0) return <Waiting label={t`正在读取对话`} />
  if (rows.length === 0) return <NoRows tab={tab} />
  if (!isLong) {
    return (
      <div ref={scroller} className="min-h-0 grow overflow-y-auto">
        <ul>
          {rows.map((row) => (
            <li key={row.id}>
              <Row conversation={row} isCurrent={row.id === currentId} showAccount={showAccount} />
            </li>
          ))}
        </ul>
      </div>
    )
  }
  return (
    <div ref={scroller} className="min-h-0 grow overflow-y-auto">
      <ul className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index]
          return row === undefined ? null : (
            <li
              key={key}
              className="absolute inset-x-0"
              style={{ transform: `translateY(${start}px)` }}
              aria-setsize={rows.length}
              aria-posinset={index + 1}
            >
              <Row conversation={row} isCurrent={row.id === currentId} showAccount={showAccount} />
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function NoRows({ tab }: { readonly tab: Tab }) {
  const icon = <Coffee className="size-9 stroke-1" aria-hidden="true" />
  switch (tab) {
    case 'waiting':
      return <Empty icon={icon} title={<Trans>没有客户在等待</Trans>} />
    case 'mine':
      return (
        <Empty icon={icon} title={<Trans>你还没有接待中的会话</Trans>}>
          <p className="text-[13px]">
            <Trans>在线时会自动分配，也可以在「待接入」中接入。</Trans>
          </p>
        </Empty>
      )
    case 'all':
      return <Empty icon={icon} title={<Trans>还没有对话</Trans>} />
    case 'left':
      return (
        <Empty icon={icon} title={<Trans>没有待处理的留言</Trans>}>
          <p className="text-[13px]">
            <Trans>分配规则可以让客户在无人接待时留言。</Trans>
          </p>
        </Empty>
      )
    default:
      return tab satisfies never
  }
}

function OfflineHint() {
  const self = useSelf()
  const { waiting } = useCounts()
  const act = useAct()
  if (self === undefined || self.status === 'online') return null
  return (
    <div className="mx-3 mb-2 flex items-center gap-2 rounded-lg bg-warn-soft py-2 pr-2 pl-3 text-[13px] text-warn">
      <p className="grow">
        {waiting > 0 ? (
          <Plural value={waiting} other="# 位客户在等待，在线后会分配给你。" />
        ) : (
          <Trans>不在线时不会分到新会话。</Trans>
        )}
      </p>
      <Button size="s" kind="primary" onClick={() => void act(setPresence('online'))}>
        <Trans>上线</Trans>
      </Button>
    </div>
  )
}
