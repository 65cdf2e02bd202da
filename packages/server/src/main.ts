import { createApp } from './app.ts'
import { readConfig } from './config.ts'

/** Runs one server from its environment until it is asked to stop. */
const reading = readConfig(process.env)
if (!reading.ok) {
  for (const problem of reading.problems) process.stderr.write(`${problem}\n`)
  process.exit(2)
}
const app = await createApp(reading.config)
const url = await app.listen()
process.stdout.write(`Duoke ${url}\n`)

const signals = ['SIGTERM', 'SIGINT'] as const
await new Promise<void>((stop) => {
  for (const signal of signals) process.once(signal, () => stop())
})
await app[Symbol.asyncDispose]()
