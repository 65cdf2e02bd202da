import { Trans, useLingui } from '@lingui/react/macro'
import { Suspense, useCallback, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { Composer } from '../composer/composer.tsx'
import { useFailureWords } from '../i18n/failure-words.ts'
import { sparedPart } from '../i18n/spared-part.ts'
import { markRead } from '../live/acting.ts'
import { isMine } from '../live/conversation-list.ts'
import { watch } from '../live/follow.ts'
import { forgetLooking, lookingStore } from '../live/looking.ts'
import { forgetOtherThreads } from '../live/thread-keeping.ts'
import { openThread } from '../live/thread-loading.ts'
import { useConversation, useSelf, useThread } from '../live/use-live.ts'
import { Button } from '../ui/button.tsx'
import { Empty, Waiting } from '../ui/empty.tsx'
import { MessageList } from './message-list.tsx'
import { ThreadHeader } from './thread-header.tsx'

const FindBar = sparedPart(() => import('../finding/find-bar.tsx').then((file) => file.FindBar))

export function ThreadPane({ id }: { readonly id: string }) {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const conversation = useConversation(id)
  const thread = useThread(id)
  const { failure, again } = useOpening(id)
  const looking = useStore(lookingStore, (state) => (state.looking?.conversationId === id ? state.looking : null))
  const finding = useStore(lookingStore, (state) => (state.finding?.conversationId === id ? state.finding : null))
  useReading(id, looking?.island == null)
  if (failure !== undefined && thread === undefined) {
    const words = wordsOf(failure)
    return (
      <Empty title={words.sentence}>
        <p>{words.whatToDo}</p>
        <Button onClick={again}>
          <Trans>重试</Trans>
        </Button>
      </Empty>
    )
  }
  if (conversation === undefined) return <Waiting label={t`正在读取对话`} />
  return (
    <section aria-label={t`与 ${conversation.customer.name} 的对话`} className="flex h-full flex-col">
      <ThreadHeader conversation={conversation} />
      {finding === null ? null : (
        <Suspense fallback={null}>
          <FindBar key={finding.text} conversationId={id} text={finding.text} />
        </Suspense>
      )}
      <div className="min-h-0 grow">
        {thread === undefined ? (
          <Waiting label={t`正在读取消息`} />
        ) : (
          <MessageList
            key={looking?.list ?? 0}
            conversation={conversation}
            thread={looking?.island ?? thread}
            looking={looking}
          />
        )}
      </div>
      <Composer conversation={conversation} />
    </section>
  )
}

function useOpening(id: string) {
  const [failure, setFailure] = useState<unknown>()
  const open = useCallback(() => {
    setFailure(undefined)
    openThread(id).catch(setFailure)
  }, [id])
  useEffect(() => {
    // First watch, then read: what happens in between comes twice rather than never.
    watch([id])
    forgetOtherThreads(id)
    open()
    return () => {
      watch([])
      forgetLooking(id)
    }
  }, [id, open])
  return { failure, again: open }
}

/** Read means: it was on the screen of somebody who was looking. */
function useReading(id: string, isNewestShown: boolean): void {
  const conversation = useConversation(id)
  const thread = useThread(id)
  const upTo = thread?.messages.at(-1)?.position ?? 0
  const self = useSelf()
  const unread = conversation !== undefined && isMine(conversation, self?.id) ? conversation.unread : 0
  useEffect(() => {
    const look = () => {
      if (!isNewestShown) return
      if (unread > 0 && upTo > 0 && document.visibilityState === 'visible' && document.hasFocus()) markRead(id, upTo)
    }
    look()
    window.addEventListener('focus', look)
    document.addEventListener('visibilitychange', look)
    return () => {
      window.removeEventListener('focus', look)
      document.removeEventListener('visibilitychange', look)
    }
  }, [id, upTo, unread, isNewestShown])
}
