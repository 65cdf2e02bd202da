import type { FaultRule } from '../model/faults.ts'
import type { World } from '../model/world.ts'
import type { Followers } from '../push/acting.ts'
import type { FollowerAction } from '../push/actions.ts'

/** One line of a scripted day; `afterMs` counts from the step before. */
export type ScriptStep = { afterMs?: number } & (
  | { fault: FaultRule }
  | { act: FollowerAction; account: string; follower: string }
  | { invalidateTokens: string }
  | { expireMedia: string; account: string }
)

export interface ScriptResult {
  done: number
  problems: string[]
}

/** Steps wait for time, not for each other's pushes: a slow server does not slow the script down. */
export async function runScript(
  world: World,
  followers: Followers,
  steps: readonly ScriptStep[],
): Promise<ScriptResult> {
  const problems: string[] = []
  for (const [index, step] of steps.entries()) {
    const { afterMs = 0 } = step
    if (afterMs > 0) await new Promise<void>((resolve) => void world.ports.clock.after(afterMs, resolve))
    const problem = runStep(world, followers, step)
    if (problem) problems.push(`step ${index + 1}: ${problem}`)
  }
  return { done: steps.length - problems.length, problems }
}

function runStep(world: World, followers: Followers, step: ScriptStep): string | undefined {
  if ('fault' in step) {
    world.faults.add(step.fault)
    return undefined
  }
  if ('invalidateTokens' in step) {
    const account = world.account(step.invalidateTokens)
    account?.tokens.revokeAll()
    return account ? undefined : 'no such account'
  }
  if ('expireMedia' in step) {
    return world.media.expire(step.account, step.expireMedia) ? undefined : 'no such media'
  }
  const account = world.account(step.account)
  const follower = world.follower(step.account, step.follower)
  if (!account || !follower) return 'no such account or follower'
  const acted = followers.act(account, follower, step.act)
  return acted.kind === 'refused' ? acted.reason : undefined
}
