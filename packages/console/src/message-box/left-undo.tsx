import { Trans } from '@lingui/react/macro'
import { useStore } from 'zustand'
import { useAct } from '../i18n/failure-words.ts'
import { isLeftOpen } from '../live/conversation-list.ts'
import { useConversation } from '../live/use-live.ts'
import { deskState } from '../shell/desk-state.ts'
import { Button } from '../ui/button.tsx'
import { Keys } from '../ui/keys.tsx'
import { reopenOne } from './left-verbs.ts'

/** Above the list: what was resolved here last, as long as it can be taken back. */
export function LeftUndo() {
  const resolvedId = useStore(deskState, (state) => state.resolvedId)
  const conversation = useConversation(resolvedId ?? undefined)
  const isResolved = conversation?.messageLeft !== undefined && !isLeftOpen(conversation)
  return <div role="status">{isResolved ? <Line id={conversation.id} name={conversation.customer.name} /> : null}</div>
}

function Line({ id, name }: { readonly id: string; readonly name: string }) {
  const act = useAct()
  return (
    <div className="flex items-center gap-2 border-b border-line bg-sunken py-1.5 pr-3 pl-4 text-[13px]">
      <p className="min-w-0 grow truncate">
        <Trans>{name}的留言已处理</Trans>
      </p>
      <Button size="s" onClick={() => void reopenOne({ act }, id)}>
        <Trans>撤销</Trans>
        <Keys keys="V" />
      </Button>
    </div>
  )
}
