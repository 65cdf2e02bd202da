import { Dialog as Base } from '@base-ui/react/dialog'
import { useLingui } from '@lingui/react/macro'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'

type Props = {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: ReactNode
  readonly description?: ReactNode
  readonly children?: ReactNode
  readonly actions?: ReactNode
  readonly wide?: boolean
}

/** One shape for every dialog: it takes the focus and gives it back, and Escape closes it. */
export function Dialog({ open, onClose, title, description, children, actions, wide = false }: Props) {
  const { t } = useLingui()
  return (
    <Base.Root open={open} onOpenChange={(now) => now || onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-shade" />
        <Base.Popup
          className={`fixed top-1/2 left-1/2 z-40 flex max-h-[calc(100dvh-32px)] w-[calc(100vw-32px)] -translate-x-1/2 -translate-y-1/2 flex-col rounded-xl bg-panel shadow-raised outline-none ${
            wide ? 'max-w-2xl' : 'max-w-md'
          }`}
        >
          <Base.Title className="py-4 pr-14 pl-5 text-base font-semibold">{title}</Base.Title>
          <div className="min-h-0 overflow-y-auto px-5 pb-5">
            {description === undefined ? null : (
              <Base.Description className="mb-3 text-text-2">{description}</Base.Description>
            )}
            {children}
          </div>
          {actions === undefined ? null : (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{actions}</footer>
          )}
          {/* Last in the order of the keyboard: what the dialog asks comes first. */}
          <Base.Close
            aria-label={t`关闭`}
            className="absolute top-3 right-3 inline-flex size-8 items-center justify-center rounded-md text-text-2 hover:bg-hover hover:text-text"
          >
            <X className="size-4" aria-hidden="true" />
          </Base.Close>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
