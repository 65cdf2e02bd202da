import { Trans } from '@lingui/react/macro'
import { MessagesSquare } from 'lucide-react'
import { useStore } from 'zustand'
import { CustomerPane } from '../customer/customer-pane.tsx'
import { preferences } from '../i18n/preferences.ts'
import { ThreadPane } from '../thread/thread-pane.tsx'
import { Empty } from '../ui/empty.tsx'
import { Keys } from '../ui/keys.tsx'
import { ListPane } from './list-pane.tsx'

/** List, thread and customer side by side where there is room, one at a time where there is none. */
export function InboxPage({ conversationId }: { readonly conversationId?: string }) {
  const showCustomer = useStore(preferences, (kept) => kept.showCustomer)
  const isOpen = conversationId !== undefined
  return (
    <main className="flex h-full min-h-0">
      {isOpen ? null : (
        <h1 className="sr-only">
          <Trans>对话</Trans>
        </h1>
      )}
      <div
        className={`h-full w-full shrink-0 border-line @min-[720px]/desk:block @min-[720px]/desk:w-[272px] @min-[720px]/desk:border-r @min-[1000px]/desk:w-[300px] ${
          isOpen ? 'hidden' : ''
        }`}
      >
        <ListPane currentId={conversationId} />
      </div>
      <div className={`h-full min-w-0 grow ${isOpen ? '' : 'hidden @min-[720px]/desk:block'}`}>
        {isOpen ? <ThreadPane key={conversationId} id={conversationId} /> : <NothingOpen />}
      </div>
      {isOpen && showCustomer ? (
        <div className="hidden h-full w-[272px] shrink-0 border-l border-line bg-panel @min-[1080px]/desk:block">
          <CustomerPane id={conversationId} />
        </div>
      ) : null}
    </main>
  )
}

function NothingOpen() {
  return (
    <Empty
      icon={<MessagesSquare className="size-10 stroke-1" aria-hidden="true" />}
      title={<Trans>从左侧选择一个对话</Trans>}
    >
      <p className="flex items-center gap-1.5 text-[13px]">
        <Trans>
          按 <Keys keys="Mod+Enter" /> 接入等待最久的客户
        </Trans>
      </p>
    </Empty>
  )
}
