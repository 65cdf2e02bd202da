// A whole server in a process of its own: `node server-child.ts OPTIONS`, as JSON. Prints its address, ends with its input.
import { pino } from 'pino'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'

const { connection, settings } = JSON.parse(process.argv[2] ?? '')
const reading = readConfig({}, { port: '0', ...settings })
if (!reading.ok) throw new Error(reading.problems.join(' '))
const app = await createApp(reading.config, { logger: pino({ level: 'error' }, process.stderr), env: {}, connection })
console.log(await app.listen())
process.stdin.resume()
process.stdin.on('end', () => void app[Symbol.asyncDispose]())
