import type { LoggedEvent } from '@duoke/contract'

export type Said = Extract<LoggedEvent, { type: 'message.received' }>

/**
 * Messages of before a period about which apps are still being asked when it begins. The choice of the passive reply falls into
 * the period and looks at what the customer said, which no state keeps.
 */
export class AskedBefore {
  private readonly open = new Map<string, Said>()

  take(event: LoggedEvent): void {
    if (event.type === 'message.received' && event.facts.asks !== undefined) this.open.set(event.facts.messageId, event)
    else if (event.type === 'reply.arbitrated') this.open.delete(event.facts.messageId)
  }

  get messages(): readonly Said[] {
    return [...this.open.values()]
  }
}
