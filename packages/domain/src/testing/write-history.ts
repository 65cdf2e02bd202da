// Keeps what events look like today for the tests of all later days (F70): node packages/domain/src/testing/write-history.ts 2026-11
// Done once for each release that changes events. What was written is never written again.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { events, eventTypes, type LoggedEvent } from '@duoke/contract'
import { seededRandom } from '../random.ts'
import { randomCommand, randomConfiguration, randomPauseMs } from './walk.ts'
import { createWorld } from './world.ts'

const [name] = process.argv.slice(2)
if (name === undefined) throw new Error('Name the history, by its year and month: 2026-11.')
const folder = join(import.meta.dirname, '../../../contract/history', name)
const mostSeeds = 500
const steps = 60

function logOf(seed: number): readonly LoggedEvent[] {
  const random = seededRandom(seed)
  const world = createWorld()
  const document = randomConfiguration(random, 1)
  world.must({ type: 'configuration.apply', actor: { kind: 'operator' }, document, prune: false, dryRun: false })
  for (let step = 0; step < steps; step += 1) {
    world.nowMs += randomPauseMs(random)
    const command = randomCommand(random, world)
    if (command !== null) world.run(command)
  }
  return world.log
}

/** Of many histories those that together show every kind of event that any of them has. */
function fewLogs(): readonly (readonly LoggedEvent[])[] {
  const seen = new Set<string>()
  const kept: (readonly LoggedEvent[])[] = []
  for (let seed = 1; seed <= mostSeeds; seed += 1) {
    const log = logOf(seed)
    const fresh = new Set(log.map(({ type }) => type).filter((type) => !seen.has(type)))
    if (fresh.size < (kept.length < 2 ? 5 : 1)) continue
    for (const type of fresh) seen.add(type)
    kept.push(log)
  }
  return kept
}

mkdirSync(folder)
const declarations = eventTypes.map((type) => {
  const event = events[type]
  return [
    type,
    { version: event.version, facts: event.facts, ...('personal' in event && { personal: event.personal }) },
  ]
})
writeFileSync(join(folder, 'declarations.json'), `${JSON.stringify(Object.fromEntries(declarations))}\n`)
for (const [at, log] of fewLogs().entries())
  writeFileSync(join(folder, `log-${at + 1}.jsonl`), log.map((event) => `${JSON.stringify(event)}\n`).join(''))
