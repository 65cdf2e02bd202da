import { Dialog } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'

type Props = {
  readonly label: string
  readonly onClose: () => void
  readonly backdropClass: string
  readonly className: string
  readonly children: ReactNode
}

/** A dialog without the usual frame: the palette, a picture in full. */
export function Overlay({ label, onClose, backdropClass, className, children }: Props) {
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={`fixed inset-0 z-40 ${backdropClass}`} />
        <Dialog.Popup aria-label={label} className={`fixed z-40 outline-none ${className}`}>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
