import type { ReactNode } from 'react'

type Props = { readonly icon?: ReactNode; readonly title: ReactNode; readonly children?: ReactNode }

export function Empty({ icon, title, children }: Props) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-2 p-6 text-center text-text-3">
      {icon}
      <p className="text-text-2">{title}</p>
      {children}
    </div>
  )
}

export function Waiting({ label }: { readonly label: string }) {
  return (
    <div role="status" aria-label={label} className="flex h-full items-center justify-center p-6">
      <span className="size-6 motion-safe:animate-spin rounded-full border-2 border-line border-t-brand" />
    </div>
  )
}
