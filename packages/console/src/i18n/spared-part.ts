import type { ComponentType } from 'react'
import { lazyPart } from '../ui/lazy-part.ts'
import { learn } from './language.ts'

/** A part of the desk that comes when it is first shown, with the texts of such parts. */
export function sparedPart<Props>(load: () => Promise<ComponentType<Props>>) {
  return lazyPart(async () => {
    const [part] = await Promise.all([load(), learn('spared')])
    return part
  })
}
