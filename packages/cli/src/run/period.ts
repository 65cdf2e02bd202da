import type { Client } from '@duoke/sdk'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { checkOrganization, withInstallation } from '../installation.ts'
import { textOf } from '../options.ts'
import { whileWaiting } from './waiting.ts'

type Options = Record<string, unknown>

/** `--from` and `--to` of a command that looks at a period of the log. */
export function periodIn(options: Options): { from: string; to: string } {
  const from = textOf(options, 'from')
  if (from !== undefined) return { from, to: textOf(options, 'to') ?? new Date().toISOString() }
  throw new CommandFailure(exitCodes.usage, 'Say since when: --from with an instant such as 2026-03-02T00:00:00+08:00.')
}

/** What a running server alone can answer. */
export function askServer<T>(name: string, options: Options, ask: (client: Client) => Promise<T>): Promise<T> {
  return withInstallation(options, false, async (installation) => {
    if (installation.kind === 'local') {
      throw new CommandFailure(exitCodes.usage, `${name} asks a running server: give --server and a token.`)
    }
    await checkOrganization(installation.client, options)
    return whileWaiting(process.stderr, 'The server reads the period', () => ask(installation.client))
  })
}
