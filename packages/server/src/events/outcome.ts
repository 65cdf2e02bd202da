import type { ErrorCode, Holder, LoggedEvent } from '@duoke/contract'
import type { CommandResult } from '@duoke/domain'

/** What became of a command. A refusal is an answer, not an exception. */
export type Outcome =
  | {
      readonly accepted: true
      /** The command's key was seen before; `result` is that of the first time and nothing was done again. */
      readonly repeated: boolean
      /** Position of the last event that the command produced (of the first time, when repeated). */
      readonly position: number
      readonly result: CommandResult
      /** Empty when repeated. */
      readonly events: readonly LoggedEvent[]
    }
  | { readonly accepted: false; readonly code: ErrorCode; readonly detail?: string; readonly holder?: Holder }

/** The log cannot take the command now; nothing was changed that its key would not make harmless. */
export class LogUnavailable extends Error {
  readonly code: 'overloaded' | 'database_unavailable' | 'shutting_down'
  readonly retryAfterSeconds: number

  constructor(code: LogUnavailable['code'], cause?: unknown) {
    super(code, { cause })
    this.name = 'LogUnavailable'
    this.code = code
    this.retryAfterSeconds = code === 'overloaded' ? 1 : 3
  }
}

/** The command itself cannot be carried out: it was tried alone and failed. It is parked: logged, counted, never retried. */
export class CommandParked extends Error {
  constructor(cause: unknown) {
    super('the command was parked', { cause })
    this.name = 'CommandParked'
  }
}
