// `npm run bench`: what Duoke costs, beside the least it could cost and beside what one would write today, on this machine.

import { measureFanOut } from './measure/fan-out.ts'
import { describeMachine } from './measure/machine.ts'
import { measureMainRoad } from './measure/main-road.ts'
import { measureNoisyApp } from './measure/noisy-app.ts'
import { embeddedPlace, type Place, separatePlace } from './measure/places.ts'
import { writeSection } from './measure/results-file.ts'
import { fullSizes, quickSizes } from './measure/sizes.ts'
import { measureStored } from './measure/stored.ts'
import { asMarkdown, asText, explanation, type PlaceResult } from './measure/table.ts'

const usage = 'Usage: npm run bench -- [--quick] [--write]'
const separateUrl = process.env.DUOKE_BENCH_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'

async function main(args: readonly string[]): Promise<void> {
  const isQuick = args.includes('--quick')
  const writes = args.includes('--write')
  if (args.some((arg) => arg !== '--quick' && arg !== '--write') || (isQuick && writes)) throw new Error(usage)
  const sizes = isQuick ? quickSizes : fullSizes

  const results: PlaceResult[] = []
  const measure = async (place: Place) => {
    const say = (what: string) => progress(`${place.name}: ${what}`)
    const road = await measureMainRoad(place, sizes, say)
    const stored = await measureStored(place, sizes, say)
    const fanOut = await measureFanOut(place, sizes, say)
    results.push({ place: place.name, road, stored, fanOut, noisyApp: await measureNoisyApp(place, sizes, say) })
  }
  {
    await using place = await embeddedPlace()
    await measure(place)
  }
  const notes = [explanation(sizes)]
  if (sizes.places === 'all') {
    const place = await separatePlace(separateUrl)
    if (typeof place === 'string') notes.push(`No separate PostgreSQL was measured: ${place}`)
    else {
      await using held = place
      await measure(held)
    }
  }
  progress('')
  console.log(`${describeMachine()}\n\n${asText(results, sizes)}\n\n${notes.join('\n')}`)
  if (!writes) return
  const heading = `${new Date().toISOString().slice(0, 10)}: npm run bench`
  const body = `${describeMachine()}.\n\n${asMarkdown(results, sizes)}\n\n${notes.join('\n')}`
  writeSection(new URL('results.md', import.meta.url), heading, body)
}

/** One line that is written over, where somebody watches. */
function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}`)
  else if (what !== '') process.stderr.write(`${what}\n`)
}

await main(process.argv.slice(2))
