import type { DrawnIdKind } from '@duoke/contract'
import type { Command } from '../commands.ts'

/** Something from outside at its moment: a customer, somebody's status, a change of the configuration. */
export type Input = {
  readonly atMs: number
  readonly position: number
  readonly command: Command
  /** Ids that it led to in the log, so that what is the same keeps its name. */
  readonly drawn: Partial<Record<DrawnIdKind, string>>
  /** The session that the customer's message belonged to without beginning it. */
  readonly within: string | null
}

/** What was done with a session, as long after the beginning of its hold as it was done then. */
export type Act = {
  readonly atMs: number
  readonly position: number
  readonly offsetMs: number
  readonly command: Command
  /** It was the holder who did it; now it is whoever holds it. */
  readonly isHolders: boolean
}

/** How an agent answered an offer. `withdrawn`: nobody knows; until then they had not. */
export type Response = {
  readonly agentId: string
  readonly outcome: 'accepted' | 'declined' | 'timed-out' | 'withdrawn'
  readonly afterMs: number
  readonly position: number
  readonly reason: string | null
}

/** One session as it was: what each of its holders did, and what was done while it waited. */
export type Script = {
  readonly holds: Act[][]
  readonly waits: Act[]
  readonly responses: Response[]
  /** What was said of it after its close; offsets from there. */
  readonly after: Act[]
}

/** The first and the last position at which a rule did something. */
export type RoutedAt = { readonly first: number; readonly last: number }

export type History = {
  readonly fromMs: number
  readonly toMs: number
  readonly inputs: readonly Input[]
  readonly scripts: ReadonlyMap<string, Script>
  /** By conversation and moment: which orders what falls into one millisecond. */
  readonly routedAt: ReadonlyMap<string, RoutedAt>
  /** Of what everybody had passed on when the period began: when it was offered anew, or its new round was told. */
  readonly pauseEndsMs: ReadonlyMap<string, number>
  /** How long holds lasted that ended with the session, in milliseconds. */
  readonly handlingMs: readonly number[]
  readonly events: number
}
