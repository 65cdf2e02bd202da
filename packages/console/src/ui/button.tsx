import type { ComponentProps, ReactNode } from 'react'
import { hintOf } from './hint.tsx'

type Kind = 'primary' | 'plain' | 'quiet' | 'danger'
type Props = Omit<ComponentProps<'button'>, 'className'> & {
  readonly kind?: Kind
  readonly size?: 'm' | 's'
  readonly grow?: boolean
}

const kinds: Record<Kind, string> = {
  primary: 'bg-brand-fill text-on-fill hover:bg-brand-fill-hover',
  plain: 'border border-line bg-panel text-text hover:bg-hover',
  quiet: 'text-text-2 hover:bg-hover hover:text-text',
  danger: 'bg-bad-fill text-on-fill hover:brightness-110',
}
const sizes = { m: 'h-8 px-3 text-sm', s: 'h-7 px-2.5 text-[13px]' }

export function Button({ kind = 'plain', size = 'm', grow = false, type = 'button', ...rest }: Props) {
  return (
    <button
      type={type}
      {...rest}
      className={`inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md whitespace-nowrap select-none disabled:opacity-45 ${kinds[kind]} ${sizes[size]} ${grow ? 'w-full' : ''}`}
    />
  )
}

type IconProps = Omit<ComponentProps<'button'>, 'className' | 'aria-label'> & {
  /** Read aloud, and shown on hover. */
  readonly label: string
  readonly keys?: string
  readonly pressed?: boolean
  readonly icon: ReactNode
}

export const iconButtonClass = (pressed: boolean | undefined) =>
  `inline-flex size-8 shrink-0 items-center justify-center rounded-md disabled:opacity-45 ${
    pressed ? 'bg-brand-soft text-brand' : 'text-text-2 hover:bg-hover hover:text-text'
  }`

export function IconButton({ label, keys, icon, pressed, ...rest }: IconProps) {
  return (
    <button
      type="button"
      {...rest}
      {...hintOf(label, keys)}
      aria-label={label}
      aria-pressed={pressed}
      className={iconButtonClass(pressed)}
    >
      {icon}
    </button>
  )
}
