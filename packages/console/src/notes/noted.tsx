import { Trans } from '@lingui/react/macro'
import { StickyNote } from 'lucide-react'
import type { ThreadLine } from '../live/thread.ts'
import { useLive } from '../live/use-live.ts'
import { partsOf } from './mention-at.ts'

type Props = { readonly line: Extract<ThreadLine, { type: 'conversation.noted' }> }

/** A note between colleagues, in the thread where it was written; the customer never sees it. */
export function Noted({ line }: Props) {
  const { actor, facts, personal } = line
  const agents = useLive((live) => live.agents)
  const nameOf = (id: string) => agents.get(id)?.nickname ?? id
  const name = actor.kind === 'agent' ? nameOf(actor.agentId) : actor.kind === 'app' ? actor.appId : ''
  return (
    <span className="mt-0.5 block max-w-[560px] rounded-lg border-l-3 border-warn-dot bg-warn-soft px-3 py-1.5 text-left text-[13px] text-text">
      <span className="mb-0.5 flex items-center gap-1.5 text-xs text-warn">
        <StickyNote className="size-3.5" aria-hidden="true" />
        <Trans>{name}的备注</Trans>
      </span>
      <span className="wrap-anywhere whitespace-pre-wrap">
        {personal === undefined ? (
          <Trans>备注已清除</Trans>
        ) : (
          <NoteText text={personal.text} names={facts.mentions.map(nameOf)} />
        )}
      </span>
    </span>
  )
}

export function NoteText({ text, names }: { readonly text: string; readonly names: readonly string[] }) {
  let offset = 0
  return partsOf(text, names).map((part) => {
    const key = offset
    offset += part.text.length
    return part.isName ? (
      <strong key={key} className="font-medium text-brand">
        {part.text}
      </strong>
    ) : (
      part.text
    )
  })
}
