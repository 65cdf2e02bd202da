import type { Conversation } from '@duoke/contract'
import { Trans } from '@lingui/react/macro'
import { useLocation } from 'wouter'
import { useLive } from '../live/use-live.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'

export type Shown = { readonly title: string; readonly fits: (conversation: Conversation) => boolean }

/** The conversations behind a figure, each a click away. */
export function ConversationsDialog({ shown, onClose }: { readonly shown: Shown; readonly onClose: () => void }) {
  const [, navigate] = useLocation()
  const conversations = useLive((live) => live.conversations)
  const found = [...conversations.values()].filter(shown.fits)
  return (
    <Dialog
      open
      onClose={onClose}
      title={shown.title}
      actions={
        <Button onClick={onClose}>
          <Trans>关闭</Trans>
        </Button>
      }
    >
      {found.length === 0 ? (
        <p className="text-text-2">
          <Trans>现在没有这样的对话。</Trans>
        </p>
      ) : (
        <ul className="flex flex-col">
          {found.map(({ id, customer, lastMessage }) => (
            <li key={id}>
              <button
                type="button"
                className="flex w-full gap-3 rounded-md px-2 py-1.5 text-left hover:bg-hover"
                onClick={() => {
                  onClose()
                  navigate(`/c/${id}`)
                }}
              >
                <span className="shrink-0 font-medium">{customer.name}</span>
                <span className="truncate text-text-3">{lastMessage?.preview}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  )
}
