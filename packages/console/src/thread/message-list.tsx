import type { Conversation } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown } from 'lucide-react'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { type Looking, leaveIsland } from '../live/looking.ts'
import type { Outgoing } from '../live/outbox.ts'
import type { Thread } from '../live/thread.ts'
import { loadOlder } from '../live/thread-loading.ts'
import { useOutgoing } from '../live/use-live.ts'
import { ItemView } from './item-view.tsx'
import { itemsOf, type ThreadItem } from './thread-items.ts'

type Props = {
  readonly conversation: Conversation
  readonly thread: Thread
  /** Where somebody went; null: to the newest messages. */
  readonly looking: Looking | null
}

const nearTopPx = 400
const nearEndPx = 80
const nothing: readonly Outgoing[] = []

/** Ten thousand messages are as light as ten: only what is seen is in the page, and what was read stays in its place. */
export function MessageList({ conversation, thread, looking }: Props) {
  const { t } = useLingui()
  const { id } = conversation
  const isIsland = looking !== null && looking.island !== null
  const outgoing = useOutgoing(id)
  const items = useMemo(() => itemsOf(thread, isIsland ? nothing : outgoing, isIsland), [thread, outgoing, isIsland])
  const scroller = useRef<HTMLDivElement>(null)
  const { virtualizer, isAway, toEnd } = useReading(items, scroller, looking)
  const toNewest = useCallback(() => (isIsland ? leaveIsland() : toEnd()), [isIsland, toEnd])
  const ownLast = outgoing.at(-1)?.clientId
  const shownLast = useRef(ownLast)
  useEffect(() => {
    // What I send I want to see, wherever I was reading.
    if (ownLast !== undefined && ownLast !== shownLast.current) toNewest()
    shownLast.current = ownLast
  }, [ownLast, toNewest])
  const older = useLoading(thread.older !== null, () => (isIsland ? onIsland(id, 'older') : loadOlder(id)))
  const newer = useLoading(isIsland, () => onIsland(id, 'newer'))
  return (
    <div className="relative h-full">
      <div
        ref={scroller}
        role="log"
        aria-label={t`消息`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="h-full overflow-y-auto -outline-offset-2"
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          if (scrollTop < nearTopPx) older.load()
          if (scrollHeight - clientHeight - scrollTop < nearTopPx) newer.load()
        }}
      >
        <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const item = items[index]
            return item === undefined ? null : (
              <div
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                data-found={isFound(item, looking) || undefined}
                className="absolute inset-x-0 data-found:bg-selected"
                style={{ transform: `translateY(${start}px)` }}
              >
                <ItemView item={item} conversation={conversation} />
              </div>
            )
          })}
        </div>
      </div>
      {older.busy ? <LoadingOlder /> : null}
      {isAway || isIsland ? <ToNewest onClick={toNewest} /> : null}
    </div>
  )
}

/** Who came to an island has loaded what reads more of it; no first load carries that. */
async function onIsland(id: string, which: 'older' | 'newer'): Promise<void> {
  const { loadNewer, loadOlderOfIsland } = await import('../live/island.ts')
  await (which === 'older' ? loadOlderOfIsland(id) : loadNewer(id))
}

const isFound = (item: ThreadItem, looking: Looking | null) =>
  looking !== null && item.kind === 'message' && item.message.position === looking.position

/** At the end it follows what arrives; further up it holds still. */
function useReading(items: readonly ThreadItem[], scroller: RefObject<HTMLDivElement | null>, looking: Looking | null) {
  const [isAway, setIsAway] = useState(false)
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimateOf(items[index]),
    getItemKey: (index) => items[index]?.key ?? index,
    anchorTo: 'end',
    followOnAppend: looking?.island == null,
    scrollEndThreshold: nearEndPx,
    overscan: 10,
    paddingStart: 16,
    paddingEnd: 16,
    onChange: (instance) => setIsAway(instance.scrollOffset !== null && !instance.isAtEnd(nearEndPx)),
  })
  const toEnd = useCallback(() => virtualizer.scrollToEnd(), [virtualizer])
  const latest = useRef(items)
  latest.current = items
  const visit = looking?.visit
  const position = looking?.position
  // biome-ignore lint/correctness/useExhaustiveDependencies: each visit goes there once, however the list changes later
  useLayoutEffect(() => {
    const index = latest.current.findIndex((item) => item.kind === 'message' && item.message.position === position)
    if (index < 0) toEnd()
    else virtualizer.scrollToIndex(index, { align: 'center' })
  }, [toEnd, virtualizer, visit])
  return { virtualizer, isAway, toEnd }
}

function LoadingOlder() {
  return (
    <p role="status" className="absolute inset-x-0 top-2 text-center text-xs text-text-3">
      <Trans>正在读取更早的消息…</Trans>
    </p>
  )
}

function ToNewest({ onClick }: { readonly onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="absolute bottom-3 left-1/2 inline-flex h-8 -translate-x-1/2 items-center gap-1 rounded-full bg-panel px-3 text-[13px] text-brand shadow-raised"
    >
      <ArrowDown className="size-4" aria-hidden="true" />
      <Trans>最新消息</Trans>
    </button>
  )
}

/** One page at a time, as long as there are more. */
function useLoading(hasMore: boolean, read: () => Promise<void>) {
  const act = useAct()
  const [busy, setBusy] = useState(false)
  const running = useRef(false)
  const load = () => {
    if (!hasMore || running.current) return
    running.current = true
    setBusy(true)
    void act(read()).then(() => {
      running.current = false
      setBusy(false)
    })
  }
  return { busy, load }
}

function estimateOf(item: ThreadItem | undefined): number {
  if (item === undefined || item.kind === 'time' || item.kind === 'session' || item.kind === 'line') return 36
  const content = item.kind === 'message' ? item.message.content : item.outgoing.content
  if (content?.type === 'image') return 180
  if (content?.type === 'text') return 34 + 22 * Math.ceil(content.text.length / 26)
  return 76
}
