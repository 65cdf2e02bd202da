import type { Command } from '../commands.ts'
import { type Random, seededRandom } from '../random.ts'
import { randomRules } from './random-rules.ts'
import { randomCommand, randomConfiguration, randomPauseMs } from './walk.ts'
import { boxCommand } from './walk-message-box.ts'
import { createWorld, type World, type WorldOptions } from './world.ts'

const steps = 120

/** Each timer in its moment, as the server does; what follows may set others. */
function fireDue(world: World, untilMs: number, afterStep?: (world: World) => void): void {
  // A jump of days rings thousands, of which the first hundred say as much.
  for (let rung = 0; ; rung++) {
    const [next] = [...world.timers.values()].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)
    if (next === undefined) break
    world.nowMs = Math.max(world.nowMs, next.dueMs)
    world.timers.delete(next.set)
    world.run(next.command)
    if (rung < 100) afterStep?.(world)
  }
  world.nowMs = Math.max(world.nowMs, untilMs)
  afterStep?.(world)
}

type Drawn = { readonly hasFirstSteps: boolean; readonly box: Random | null }

function publishSome(random: Random, world: World, drawn: Drawn): void {
  const teams = Array.from(world.state.teams.values(), ({ teamId }) => teamId)
  const effectiveAtMs = random.chance(0.3) ? world.nowMs + random.below(3_600_000) : null
  const document = randomRules(random, teams, drawn)
  world.run({ type: 'rules.publish', actor: { kind: 'operator' }, document, reason: 'walk', effectiveAtMs })
}

export type RulesWalkOptions = WorldOptions & {
  /** After each command and each timer, and when time has passed without any. */
  readonly afterStep?: (world: World) => void
  /** No timer is fired before it is due, and what apps are asked about is what the customer said. */
  readonly isTrueToLife?: boolean
  /** Some rules offer to several at once. */
  readonly hasFirstSteps?: boolean
  /** No rule has a message box. */
  readonly isWithoutBox?: boolean
}

/** One history of random commands under rules that are published at random, in which every timer fires in its moment. */
export function rulesWalk(
  seed: number,
  { afterStep, isTrueToLife = false, hasFirstSteps = false, isWithoutBox = false, ...options }: RulesWalkOptions,
): World {
  const random = seededRandom(seed)
  const box = isWithoutBox ? null : seededRandom(seed + 1_000_003)
  const world: World = createWorld(options)
  const document = randomConfiguration(random, 1)
  world.must({ type: 'configuration.apply', actor: { kind: 'operator' }, document, prune: false, dryRun: false })
  publishSome(random, world, { hasFirstSteps, box })
  for (let step = 0; step < steps; step++) {
    fireDue(world, world.nowMs + randomPauseMs(random), afterStep)
    if (random.chance(0.04)) publishSome(random, world, { hasFirstSteps, box })
    const command =
      (box === null ? null : boxCommand(box, world)) ??
      randomCommand(random, isTrueToLife ? { ...world, timers: new Map() } : world)
    if (command !== null) world.run(isTrueToLife ? trueToLife(world, command) : command)
    afterStep?.(world)
  }
  // What the last command set for its own moment is part of that moment.
  fireDue(world, world.nowMs)
  return world
}

function trueToLife({ log }: World, command: Command): Command {
  if (command.type !== 'reply.arbitrate') return command
  const { messageId } = command
  const message = log.find((event) => event.type === 'message.received' && event.facts.messageId === messageId)
  const content = message?.type === 'message.received' ? message.personal?.content : undefined
  return content === undefined ? command : { ...command, content }
}
