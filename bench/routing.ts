// `npm run bench:routing`: what it costs to decide who gets the customer, in the domain alone; and what the record of why costs the commit.
import { loadavg } from 'node:os'
import { describeMachine } from './measure/machine.ts'
import { writeSection } from './measure/results-file.ts'
import { measureDecisions } from './routing/decisions.ts'
import { measureQueuePick } from './routing/queue-pick.ts'
import { measureRecordCost } from './routing/record-cost.ts'
import { type RoutingResults, routingTable } from './routing/table.ts'

const usage = 'Usage: npm run bench:routing -- [--quick] [--write]'

/** 1,000 agents who hold 45 each, and 5,000 who wait: 50,000 open conversations. */
const heldEach = 45
const crew = { agents: 1000, skills: 200, capacity: heldEach, spareRoom: 15 }
const filling = { heldEach, waiting: 5000 }
/** What is written to a database is given at once; what an agent may hold is the most that the configuration allows. */
const roomy = { capacity: 1000, spareRoom: 0 }

type Sizes = { readonly rounds: number; readonly turns: number; readonly picks: number; readonly commits: number }
const fullSizes: Sizes = { rounds: 9, turns: 200, picks: 100, commits: 512 }
const quickSizes: Sizes = { rounds: 3, turns: 50, picks: 30, commits: 128 }

async function measure({ rounds, turns, picks, commits }: Sizes, say: (what: string) => void): Promise<RoutingResults> {
  say('decisions')
  const rates = measureDecisions(crew, filling, { rounds, turns })
  const found: RoutingResults['picks'][number][] = []
  for (const skills of [200, 20, 0]) {
    say(`who is next, ${skills} skills`)
    const full = { ...crew, skills, spareRoom: 0 }
    found.push({ skills, found: await measureQueuePick(full, { heldEach, few: 100, many: 5000 }, { rounds, picks }) })
  }
  const costs: RoutingResults['costs'][number][] = []
  for (const [agents, skills] of [
    [50, 0],
    [1000, 200],
  ] as const) {
    for (const atOnce of [64, 1]) {
      say(`the record of ${agents} agents, ${atOnce} at once`)
      const count = atOnce === 1 ? Math.ceil(commits / 8) : commits
      const cost = await measureRecordCost({ agents, skills, ...roomy }, { rounds, count, atOnce })
      costs.push({ agents, atOnce, found: cost })
    }
  }
  return { rates, picks: found, costs }
}

async function main(args: readonly string[]): Promise<void> {
  const isQuick = args.includes('--quick')
  const writes = args.includes('--write')
  if (args.some((arg) => arg !== '--quick' && arg !== '--write') || (isQuick && writes)) throw new Error(usage)
  const sizes = isQuick ? quickSizes : fullSizes
  const [loadBefore = 0] = loadavg()
  const table = routingTable(await measure(sizes, (what) => process.stderr.write(`${what}\n`)))
  const [loadAfter = 0] = loadavg()
  const load = `load average ${loadBefore.toFixed(1)} before and ${loadAfter.toFixed(1)} after`
  const { rounds, turns, picks } = sizes
  const notes =
    `Medians with least–most of ${rounds} rounds in turn, after one that does not count: ${turns} turns of three decisions each in (1), ` +
    `${picks} picks in (2), on the embedded PostgreSQL in (3).`
  const machine = `${describeMachine()}, ${load}`
  console.log(`${machine}\n\n${table}\n\n${notes}`)
  if (!writes) return
  const heading = `${new Date().toISOString().slice(0, 10)}: npm run bench:routing`
  writeSection(new URL('results.md', import.meta.url), heading, `${machine}.\n\n${table}\n\n${notes}`)
}

await main(process.argv.slice(2))
