import type { LoggedEvent } from '@duoke/contract'
import type { Database } from '../../database/client.ts'
import { type EventRow, eventColumns, readEventRow } from '../../events/rows.ts'

type Settled = Extract<LoggedEvent, { type: 'delivery.settled' }>['facts']
export type SentMessage = {
  readonly organizationId: string
  readonly conversationId: string
  readonly messageId: string
  readonly position: number
}

/** What became of an answer, for whoever waits for it: told by this server's own log at once, by others' when asked. */
export type Outcomes = {
  /** Null when it is not known by then. */
  wait(message: SentMessage, forMs: number): Promise<Settled | null>
  settled(organizationId: string, facts: Settled): void
}

/** Another server may have sent it: then only the log says so. */
const askEveryMs = 300

export function createOutcomes(database: Database): Outcomes {
  const waiting = new Map<string, (facts: Settled) => void>()
  const keyOf = (organizationId: string, messageId: string) => `${organizationId}\n${messageId}`

  async function read({ organizationId, conversationId, messageId, position }: SentMessage): Promise<Settled | null> {
    const { rows } = await database.withOrganization(
      organizationId,
      (tx) =>
        tx.query<EventRow>({
          name: 'outcome_of_message',
          text: `select ${eventColumns} from event where org_id = $1 and conversation_id = $2 and position > $3
            and type = 'delivery.settled' and facts ->> 'messageId' = $4 limit 1`,
          values: [organizationId, conversationId, position, messageId],
        }),
      { readOnly: true },
    )
    const [row] = rows
    const event = row === undefined ? null : readEventRow(row)
    return event?.type === 'delivery.settled' ? event.facts : null
  }

  return {
    settled(organizationId, facts) {
      waiting.get(keyOf(organizationId, facts.messageId))?.(facts)
    },
    wait(message, forMs) {
      const key = keyOf(message.organizationId, message.messageId)
      return new Promise((resolve) => {
        const finish = (facts: Settled | null) => {
          waiting.delete(key)
          clearTimeout(deadline)
          clearInterval(asking)
          resolve(facts)
        }
        const ask = () =>
          read(message).then(
            (facts) => facts !== null && finish(facts),
            // The next look may succeed; the deadline ends it.
            () => {},
          )
        const deadline = setTimeout(() => finish(null), Math.max(0, forMs))
        const asking = setInterval(() => void ask(), askEveryMs)
        // In time: what this server sends is settled no sooner than WeChat has answered.
        waiting.set(key, finish)
      })
    },
  }
}
