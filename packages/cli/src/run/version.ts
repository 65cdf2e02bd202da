import { readFileSync } from 'node:fs'
import { print } from '../options.ts'

export async function version(options: Record<string, unknown>): Promise<void> {
  const { version: number } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  } // our own file
  print(options, { version: number, node: process.version }, () => `duoke ${number} (Node ${process.version})`)
}
