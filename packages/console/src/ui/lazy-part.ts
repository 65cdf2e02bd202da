import { type ComponentType, lazy } from 'react'

/**
 * Asks again until it is there: React remembers a failed load for ever, so that what was opened without a network would
 * stay broken when the network is back.
 */
export async function untilLoaded<T>(load: () => Promise<T>, waitMs = 1_000): Promise<T> {
  for (;;) {
    try {
      return await load()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }
}

/** A component in a file of its own that is fetched when it is first shown. */
export function lazyPart<Props>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => ({ default: await untilLoaded(load) }))
}
