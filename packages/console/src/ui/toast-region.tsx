import { Toast } from '@base-ui/react/toast'
import { useLingui } from '@lingui/react/macro'
import { X } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import { takeToasts } from './toasts.ts'

/** Where toasts are shown, and told to who does not see them. */
export function ToastRegion() {
  const { t } = useLingui()
  const manager = useMemo(() => Toast.createToastManager(), [])
  useEffect(() => takeToasts((toast) => void manager.add(toast)), [manager])
  return (
    <Toast.Provider toastManager={manager} limit={3} timeout={6_000}>
      <Toast.Portal>
        <Toast.Viewport
          aria-label={t`通知`}
          className="fixed top-16 left-1/2 z-60 flex w-[min(420px,calc(100vw-24px))] -translate-x-1/2 flex-col gap-2"
        >
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function ToastList() {
  const { t } = useLingui()
  const { toasts: shown } = Toast.useToastManager()
  return shown.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className={`flex items-start gap-2 rounded-lg border bg-panel py-2.5 pr-2 pl-4 shadow-raised ${
        toast.type === 'bad' ? 'border-bad' : 'border-line'
      }`}
    >
      <Toast.Content className="grow">
        <Toast.Title className="font-medium" />
        <Toast.Description className="text-[13px] text-text-2" />
      </Toast.Content>
      <Toast.Close
        aria-label={t`关闭`}
        className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-text-3 hover:bg-hover"
      >
        <X className="size-4" aria-hidden="true" />
      </Toast.Close>
    </Toast.Root>
  ))
}
