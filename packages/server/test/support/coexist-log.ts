// The log without its database: the real decisions, batches, retry keys, hashes and timers, in memory and in virtual time.
import type { LoggedEvent } from '@duoke/contract'
import type { Random } from '@duoke/domain'
import { type Command, emptyOrganization, type OrganizationState } from '@duoke/domain'
import type { Clock } from '@duoke/simulator'
import { decideBatch, type Work } from '../../src/events/batch.ts'
import type { SubmitOptions } from '../../src/events/organization-log.ts'
import type { Outcome } from '../../src/events/outcome.ts'

export type Submit = (organizationId: string, command: Command, options: SubmitOptions) => Promise<Outcome>
type Seen = Parameters<typeof decideBatch>[2]['seenBefore'] extends ReadonlyMap<string, infer S> ? S : never

export type Step = { readonly command: Command; readonly events: readonly LoggedEvent[] }
export type MemoryLog = {
  readonly submit: Submit
  /** What each command led to, in order. */
  readonly steps: Step[]
  readonly state: OrganizationState
  /** The stored result of a command, as a table keeps it. */
  readonly seen: ReadonlyMap<string, Seen>
}

/** So long a transaction takes at most; what is handed in meanwhile goes into the same one. */
export const commitsWithinMs = 24

export function createMemoryLog(ports: { readonly clock: Clock; readonly random: Random }): MemoryLog {
  const { clock, random } = ports
  const state = emptyOrganization()
  const steps: Step[] = []
  const seen = new Map<string, Seen>()
  const timers = new Map<string, object>()
  let waiting: Work[] = []
  let chain: Uint8Array = new Uint8Array(32)
  let drawn = 0
  const tools = {
    drawId: (kind: string) => `${kind}${++drawn}`,
    randomBytes: (count: number) => new Uint8Array(count),
  }

  function commit(): void {
    const works = waiting
    waiting = []
    const draft = decideBatch('acme', works, { state, atMs: clock.nowMs(), chain, seenBefore: seen, tools })
    chain = draft.chain
    for (const { work, events } of draft.applied.accepted) steps.push({ command: work.command, events })
    // As a column of JSON gives it back.
    for (const { key, position, result } of draft.seen) seen.set(key, { position, result: JSON.parse(result) })
    for (const { change } of draft.applied.timers) {
      if ('clear' in change) timers.delete(change.clear)
      else {
        timers.set(change.set, change)
        clock.after(change.dueMs - clock.nowMs(), () => {
          if (timers.get(change.set) === change) void submit('acme', change.command, { lane: 'timers' })
        })
      }
    }
    for (const settle of draft.outcomes) settle()
  }

  function submit(_: string, command: Command, options: SubmitOptions): Promise<Outcome> {
    return new Promise((settle, fail) => {
      if (waiting.length === 0) clock.after(random.below(commitsWithinMs), commit)
      const { key, attachment } = options
      waiting.push({ command, key, attachment, bytes: 0, enteredMs: clock.nowMs(), settle, fail })
    })
  }
  return { submit, steps, state, seen }
}
