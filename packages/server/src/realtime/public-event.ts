import { events as declarations, type EventType, type LoggedEvent, type PublicEvent, type Scope } from '@duoke/contract'
import { conversationIdOf } from '../events/rows.ts'

/** Whether a token sees an event at all; and if so, its personal part. */
export function isVisible(event: LoggedEvent, scopes: ReadonlySet<Scope>): boolean {
  return scopes.has(declarations[event.type].scope)
}

export function visibleTypes(scopes: ReadonlySet<Scope>): EventType[] {
  // Object.entries loses the key type.
  return (Object.entries(declarations) as [EventType, { scope: Scope }][])
    .filter(([, { scope }]) => scopes.has(scope))
    .map(([type]) => type)
}

export function seesPersonal(type: EventType, scopes: ReadonlySet<Scope>): boolean {
  const declaration = declarations[type]
  return 'personalScope' in declaration && scopes.has(declaration.personalScope)
}

/** An event as interfaces show it. The raw push stays in the record: whoever follows gets what was understood of it. */
export function publicEventOf(event: LoggedEvent, withPersonal: boolean, cursor: string): PublicEvent {
  const { position, type, version, atMs, actor, facts } = event
  const personal = withPersonal ? personalOf(event) : undefined
  return {
    position,
    cursor,
    type,
    version,
    at: new Date(atMs).toISOString(),
    actor,
    conversationId: conversationIdOf(event),
    facts,
    ...(personal !== undefined && { personal }),
  } as PublicEvent // facts and personal are those of the event's own type
}

function personalOf(event: LoggedEvent): object | undefined {
  if (event.type !== 'message.received') return 'personal' in event ? event.personal : undefined
  if (event.personal === undefined) return undefined
  const { raw: _raw, ...understood } = event.personal
  return understood
}

/** The frame of one event, written at most twice however many sockets get it: with and without its personal part. */
export type EventFrame = {
  readonly event: LoggedEvent
  readonly conversationId: string | null
  /** Null when the scopes do not show the event. */
  textFor(scopes: ReadonlySet<Scope>): Buffer | null
}

export function eventFrame(event: LoggedEvent, cursorAt: (position: number) => string): EventFrame {
  let bare: Buffer | undefined
  let full: Buffer | undefined
  const write = (withPersonal: boolean) =>
    Buffer.from(
      `{"type":"event","event":${JSON.stringify(publicEventOf(event, withPersonal, cursorAt(event.position)))}}`,
    )
  return {
    event,
    conversationId: conversationIdOf(event),
    textFor(scopes) {
      if (!isVisible(event, scopes)) return null
      if (seesPersonal(event.type, scopes)) {
        full ??= write(true)
        return full
      }
      bare ??= write(false)
      return bare
    },
  }
}
