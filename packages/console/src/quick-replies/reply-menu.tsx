import { Trans, useLingui } from '@lingui/react/macro'
import { Image as ImageIcon } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { previewOf } from './owner-words.ts'
import type { ReplyMenu as Menu } from './use-reply-menu.ts'

export const optionId = (listId: string, index: number) => `${listId}-${index}`

/** Above the field, which keeps the focus: what the slash finds. */
export function ReplyMenu({ menu }: { readonly menu: Menu }) {
  const { t } = useLingui()
  const { listId, matches, active, choose, activate } = menu
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector(`[id="${optionId(listId, active)}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [listId, active])
  return (
    <div className="absolute inset-x-2 bottom-full z-20 mb-1 overflow-hidden rounded-xl border border-line bg-panel shadow-raised">
      <div
        ref={list}
        id={listId}
        role="listbox"
        aria-label={t`快捷回复`}
        tabIndex={-1}
        className="max-h-64 overflow-y-auto p-1"
      >
        {matches.map((reply, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys, and says which option is active
          <div
            key={reply.id}
            id={optionId(listId, index)}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            onMouseMove={() => activate(index)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(reply)}
            className={`flex h-9 cursor-pointer items-center gap-3 rounded-md px-3 ${index === active ? 'bg-hover' : ''}`}
          >
            <span className="max-w-40 shrink-0 truncate font-medium">{reply.title}</span>
            <span className="min-w-0 grow truncate text-[13px] text-text-2">{previewOf(reply)}</span>
            {reply.parts.some(({ type }) => type === 'image') ? (
              <ImageIcon className="size-4 shrink-0 text-text-3" aria-label={t`含图片`} />
            ) : null}
            {reply.parts.length > 1 ? (
              <span className="numbers shrink-0 text-xs text-text-3">
                <Trans>{reply.parts.length} 条</Trans>
              </span>
            ) : null}
          </div>
        ))}
      </div>
      <p className="flex items-center justify-between gap-3 border-t border-line px-3 py-1.5 text-xs text-text-3">
        {matches.length === 0 ? <Trans>还没有快捷回复</Trans> : <Trans>输入标题或拼音首字母，Enter 插入</Trans>}
        <Link href="/quick-replies" className="text-brand hover:underline">
          <Trans>管理快捷回复</Trans>
        </Link>
      </p>
    </div>
  )
}
