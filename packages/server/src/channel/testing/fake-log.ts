import type { Command, CommandResult } from '@duoke/domain'
import type { SubmitOptions } from '../../events/organization-log.ts'
import type { Outcome } from '../../events/outcome.ts'

export type Submitted = {
  readonly organizationId: string
  readonly command: Command
  readonly options: SubmitOptions
}

/** A log that remembers its keys and decides nothing: each command is answered by `decide`. */
export function createFakeLog(decide: (submitted: Submitted) => CommandResult | Promise<Outcome> = () => ({})) {
  const submitted: Submitted[] = []
  const seen = new Map<string, Outcome>()
  let position = 0
  return {
    submitted,
    async submit(organizationId: string, command: Command, options: SubmitOptions): Promise<Outcome> {
      const key = options.key === undefined ? undefined : `${organizationId}\n${options.key}`
      const before = key === undefined ? undefined : seen.get(key)
      if (before?.accepted) return { ...before, repeated: true, events: [] }
      const one = { organizationId, command, options }
      const decided = decide(one)
      const outcome = decided instanceof Promise ? await decided : accepted(decided)
      submitted.push(one)
      if (key !== undefined) seen.set(key, outcome)
      return outcome
    },
  }

  function accepted(result: CommandResult): Outcome {
    position += 1
    return { accepted: true, repeated: false, position, result, events: [] }
  }
}
