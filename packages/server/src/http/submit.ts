import type { Command } from '@duoke/domain'
import type { Log } from '../events/log.ts'
import type { Outcome } from '../events/outcome.ts'
import { type Caller, laneOf } from './caller.ts'
import { Refused } from './refused.ts'

export type Accepted = Extract<Outcome, { accepted: true }>

/** Hands a caller's command to the log and answers what was accepted; a refusal becomes the answer of the interface. */
export async function submitFor(
  log: Pick<Log, 'submit'>,
  caller: Caller,
  command: Command,
  options: { readonly key?: string | undefined; readonly attachment?: unknown } = {},
): Promise<Accepted> {
  const { key, attachment } = options
  const outcome = await log.submit(caller.org, command, {
    lane: laneOf(caller),
    ...(key !== undefined && { key }),
    ...(attachment !== undefined && { attachment }),
  })
  if (outcome.accepted) return outcome
  const { code, detail, holder } = outcome
  throw new Refused(code, { ...(detail !== undefined && { detail }), ...(holder !== undefined && { holder }) })
}
