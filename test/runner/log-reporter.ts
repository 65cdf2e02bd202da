// A node:test reporter for the log file of a stage: every test with its time, all that was printed, and as the last line
// the sum as JSON, which `test/run.ts` reads.
import { resolve } from 'node:path'
import type { TestEvent } from 'node:test/reporters'
import { Tally } from './tally.ts'

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const tally = new Tally()
  for await (const event of events) {
    tally.add(event)
    yield describe(event)
  }
  yield `\n${JSON.stringify(tally.results())}\n`
}

function describe(event: TestEvent): string {
  if (event.type === 'test:stdout' || event.type === 'test:stderr') return event.data.message
  if (event.type === 'test:diagnostic') return `     ${event.data.message}\n`
  // A file is told by events of its own, which carry its name as the title.
  if (event.type === 'test:dequeue') return isFile(event.data) ? `begun ${event.data.name}\n` : ''
  if (event.type === 'test:complete') return isFile(event.data) ? `ended ${event.data.name}\n` : ''
  if (event.type !== 'test:pass' && event.type !== 'test:fail') return ''
  const { name, nesting, details, file } = event.data
  const mark = event.type === 'test:pass' ? 'ok  ' : 'FAIL'
  return `${mark} ${'  '.repeat(nesting)}${name} (${details.duration_ms.toFixed(0)} ms) ${file ?? ''}\n`
}

function isFile({ name, nesting, file }: { name: string; nesting: number; file?: string | undefined }): boolean {
  return nesting === 0 && file !== undefined && resolve(name) === resolve(file)
}

/** The files that a log saw beginning and not ending. */
export function unfinishedFiles(log: string): string[] {
  const ended = new Set([...log.matchAll(/^ended (.+)$/gm)].map(([, file]) => file))
  return [...log.matchAll(/^begun (.+)$/gm)].map(([, file = '']) => file).filter((file) => !ended.has(file))
}
