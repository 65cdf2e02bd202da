import type { WakeUps } from '../events/feed.ts'
import type { Bus } from './bus.ts'

const subject = 'duoke.wake'

/** Tells the other servers that a log has grown. One subject for all organizations: each server hears of all of them. */
export function createWakeUps(bus: Bus, serverId: string): WakeUps {
  const encoder = new TextEncoder()
  const decoder = new TextDecoder()
  return {
    publish(organizationId, position) {
      bus.publish(subject, encoder.encode(`${serverId} ${organizationId} ${position}`))
    },
    subscribe(listener) {
      return bus.subscribe(subject, (bytes) => {
        const [from, organizationId, position] = decoder.decode(bytes).split(' ')
        // Appended by this server: its readers have it already.
        if (from === serverId || organizationId === undefined) return
        listener(organizationId, Number(position))
      })
    },
  }
}
