// `npm run bench:console`: a day in the life of an agent, and those of the console's goals that are times, in a real
// browser against the simulator.
import { BusyAgent, measureDay } from './console/day.ts'
import { openDesk } from './console/desk.ts'
import { Followers } from './console/followers.ts'
import * as goals from './console/goals.ts'
import { openConversations } from './console/open-conversations.ts'
import { type ConsoleResults, consoleTable, shownByTests } from './console/table.ts'
import { describeMachine } from './measure/machine.ts'
import { writeSection } from './measure/results-file.ts'

const usage = 'Usage: npm run bench:console -- [--quick] [--write]'
const openCount = 200

async function measure(isQuick: boolean, say: (what: string) => void): Promise<ConsoleResults> {
  await using desk = await openDesk(openCount)
  const followers = new Followers(desk.duoke.phone)
  say(`opening ${openCount} conversations`)
  const conversations = await openConversations(desk, followers, openCount)
  const [long = '', open = ''] = followers.names.slice(-2)
  const agent = new BusyAgent(desk, conversations)
  await agent.open(open)
  say('cold starts')
  const coldStart = await goals.coldStart(desk, isQuick ? 3 : 10)
  say('from one conversation to the next')
  const switching = await goals.switching(desk, isQuick ? 20 : 100)
  say('quick replies')
  const quickReplies = await goals.quickReplies(desk, 2_000)
  await agent.open(open)
  say('100 messages a second')
  const flood = await goals.flood(desk, followers, { open, perSecond: 100, seconds: isQuick ? 10 : 30 })
  say('a cut line')
  await agent.open(long)
  const reconnect = await goals.reconnect(desk, followers, { open: long, missed: 1_000 })
  say('scrolling back')
  const scrolled = await goals.scrollBack(desk, isQuick ? 3_000 : 8_000)
  const day = await measureDay(desk, { followers, conversations }, { minutes: isQuick ? 1 : 10, say })
  return { coldStart, switching, quickReplies, flood, reconnect, scrolled, day, heap: day.heap.at(-1) ?? Number.NaN }
}

async function main(args: readonly string[]): Promise<void> {
  const isQuick = args.includes('--quick')
  const writes = args.includes('--write')
  if (args.some((arg) => arg !== '--quick' && arg !== '--write') || (isQuick && writes)) throw new Error(usage)
  const results = await measure(isQuick, (what) => process.stderr.write(`${what}\n`))
  const table = consoleTable(results)
  console.log(`${describeMachine()}\n\n${table}`)
  if (!writes) return
  const heading = `${new Date().toISOString().slice(0, 10)}: npm run bench:console`
  writeSection(new URL('results.md', import.meta.url), heading, `${describeMachine()}.\n\n${table}\n${shownByTests}`)
}

await main(process.argv.slice(2))
