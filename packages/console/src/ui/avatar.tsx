import type { CSSProperties } from 'react'
import { drawnAvatarOf } from './drawn-avatar.ts'

const shapes = ['rounded-full', 'rounded-lg', 'rounded-[30%]', 'rounded-[42%_42%_42%_14%]'] as const
const sizes = { s: 'size-7 text-xs', m: 'size-9 text-sm', l: 'size-12 text-lg' }

type Props = { readonly id: string; readonly name: string; readonly size?: keyof typeof sizes }

/** Beside the name it says nothing new, so it is not read aloud. */
export function Avatar({ id, name, size = 'm' }: Props) {
  const { hue, shape, letter } = drawnAvatarOf(id, name)
  // The hue is a number of the id; only style objects can carry it, and the policy allows those.
  const style = { '--hue': hue } as CSSProperties
  return (
    <span
      aria-hidden="true"
      style={style}
      className={`avatar inline-flex shrink-0 items-center justify-center font-medium select-none ${shapes[shape]} ${sizes[size]}`}
    >
      {letter}
    </span>
  )
}
