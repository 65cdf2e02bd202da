import type { DeliveryOutcome } from '@duoke/domain'
import type { Failpoint } from '../events/failpoint.ts'
import type { Log } from '../events/log.ts'
import { CommandParked } from '../events/outcome.ts'
import type { OutboxStore } from './outbox-store.ts'

export type Settlement = {
  readonly outcome: DeliveryOutcome
  readonly code?: number | undefined
  readonly reason?: string | undefined
}
export type SettledAnswer = {
  readonly organizationId: string
  readonly conversationId: string
  readonly messageId: string
  /** Which try it was: whoever reports on the same one, the log takes the first report. */
  readonly attempt: number
}

/** Writes into the log what became of an answer, however long the log takes to be reached. */
export type Settler = {
  settle(answer: SettledAnswer, settlement: Settlement): Promise<void>
  /** What is not written by then is found after the claim's time by another server or the next run. */
  close(): void
}

export function createSettler(ports: {
  readonly log: Pick<Log, 'submit'>
  readonly store: Pick<OutboxStore, 'remove'>
  readonly failpoint: Failpoint
  readonly sleep: (ms: number) => Promise<void>
  readonly onError: (error: unknown) => void
}): Settler {
  let isClosed = false

  async function submit(answer: SettledAnswer, { outcome, code, reason }: Settlement): Promise<'done' | 'nothing'> {
    const { organizationId, conversationId, messageId, attempt } = answer
    const why = { ...(code === undefined ? {} : { code }), ...(reason === undefined ? {} : { reason }) }
    const result = await ports.log.submit(
      organizationId,
      { type: 'delivery.settle', conversationId, messageId, outcome, ...why },
      { lane: 'timers', key: `settle:${messageId}:${attempt}` },
    )
    return result.accepted && result.events.length > 0 ? 'done' : 'nothing'
  }

  return {
    async settle(answer, settlement) {
      ports.failpoint('before_settle')
      for (let waitMs = 250; !isClosed; waitMs = Math.min(waitMs * 2, 5_000)) {
        try {
          // The log takes the row away with the event; where there was nothing to settle it would stay for ever.
          if ((await submit(answer, settlement)) === 'nothing') await ports.store.remove(answer, answer.messageId)
          ports.failpoint('after_settle')
          return
        } catch (error) {
          ports.onError(error)
          if (error instanceof CommandParked) return ports.store.remove(answer, answer.messageId)
          await ports.sleep(waitMs)
        }
      }
    },
    close() {
      isClosed = true
    },
  }
}
