// (d): does a message cost more because 200,000 other conversations are stored than with 1,000?
import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadHandlers } from '../load/main.ts'
import { seededRandom } from '../load/random.ts'
import { type Program, startProgram } from '../programs/calls.ts'
import { type Duoke, startDuoke } from './duoke.ts'
import { fillConversations } from './fill.ts'
import { concurrency } from './main-road.ts'
import { openidOf } from './mix.ts'
import { ratiosOfPairs } from './pairs.ts'
import type { Place } from './places.ts'
import type { Sizes } from './sizes.ts'
import { type Spread, spreadOf } from './statistics.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const fewStored = 1000
const openOnes = 500
const pushesOfRound = 4000
/** One push in ten comes back to a conversation that had ended: it may have to be loaded first. */
const returning = pushesOfRound / 10

type Load = Program<LoadHandlers>
type Stored = { readonly openid: string; readonly conversation_id: string }

/** Time per message with many stored conversations over the time with a thousand. */
export async function measureStored(place: Place, sizes: Sizes, say: (what: string) => void): Promise<Spread> {
  await using load = startProgram<LoadHandlers>(new URL('../load/main.ts', import.meta.url))
  using folder = temporaryFolder()
  say(`${sizes.stored} stored conversations`)
  const fewUrl = await place.createDatabase('few')
  await storeFew(load, fewUrl, folder.path)
  const manyUrl = await place.createDatabase('many', fewUrl)
  await fillConversations(fewUrl, fewStored)
  await fillConversations(manyUrl, sizes.stored)
  await using few = await startDuoke(fewUrl, folder.path)
  await using many = await startDuoke(manyUrl, folder.path)
  say('few and many')
  const random = seededRandom(2)
  for (const duoke of [many, few]) await round(load, duoke, random)
  const ratios = await ratiosOfPairs(sizes.storedPairs, {
    first: () => round(load, many, random),
    second: () => round(load, few, random),
  })
  return spreadOf(ratios)
}

/** A thousand conversations by the whole road, half of them closed again; then the server stops. */
async function storeFew(load: Load, databaseUrl: string, dataDir: string): Promise<void> {
  await using duoke = await startDuoke(databaseUrl, dataDir)
  const openids = Array.from({ length: fewStored }, (_, index) => openidOf('Few', index))
  await load.call('burst', { target: duoke.target, openids, concurrency })
  const all = await duoke.rows<Stored>('select openid, conversation_id from customer order by openid')
  await close(duoke, all.slice(openOnes))
  await duoke.settled()
}

/** Seconds for a message. The conversations that came back are closed again afterwards, so that rounds are alike. */
async function round(load: Load, duoke: Duoke, random: () => number): Promise<number> {
  const closed = await duoke.rows<Stored>(
    `select u.openid, c.conversation_id from conversation c join customer u using (org_id, conversation_id)
      where c.status = 'closed' order by random() limit ${returning}`,
  )
  if (closed.length < returning) throw new Error(`Only ${closed.length} conversations are closed.`)
  const openids = Array.from({ length: pushesOfRound }, (_, index) => {
    const comesBack = index % (pushesOfRound / returning) === 0
    const back = comesBack ? closed[index / (pushesOfRound / returning)] : undefined
    return back?.openid ?? openidOf('Few', Math.floor(random() * openOnes))
  })
  const { seconds, pushes } = await load.call('burst', { target: duoke.target, openids, concurrency })
  await close(duoke, closed)
  await duoke.settled()
  await sleep(200)
  return seconds / pushes
}

async function close({ target, started }: Duoke, conversations: readonly Stored[]): Promise<void> {
  const waiting = [...conversations]
  const closeOnes = async () => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      const url = `http://127.0.0.1:${target.port}/v1/conversations/${one.conversation_id}/close`
      const headers = { authorization: `Bearer ${started.adminToken}`, 'content-type': 'application/json' }
      const answer = await fetch(url, { method: 'POST', headers, body: '{}' })
      if (!answer.ok) throw new Error(`Closing was answered with ${answer.status}: ${await answer.text()}`)
      await answer.arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: 16 }, closeOnes))
}
