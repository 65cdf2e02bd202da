// A node:test reporter for the terminal: only the tests that fail, the moment they do.
import type { TestEvent } from 'node:test/reporters'

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type !== 'test:fail') continue
    const { error } = event.data.details
    if ('failureType' in error && error.failureType === 'subtestsFailed') continue
    yield `  failed: ${event.data.name}\n`
  }
}
