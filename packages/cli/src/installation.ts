import { type Client, createClient } from '@duoke/sdk'
import type { Operator } from '@duoke/server'
import { CommandFailure, exitCodes } from './exit-codes.ts'
import { textOf } from './options.ts'

type Options = Readonly<Record<string, unknown>>

/** What an operator's command works on: the database itself, beside a running server or not, or a server over HTTP. */
export type Installation =
  | { readonly kind: 'local'; readonly operator: Operator }
  | { readonly kind: 'remote'; readonly client: Client; readonly url: string; readonly token: string }

/** @param mayBegin a folder without a database gets one; otherwise a mistyped folder is told and stays as it is */
export async function withInstallation<T>(
  options: Options,
  mayBegin: boolean,
  work: (installation: Installation) => Promise<T>,
): Promise<T> {
  const data = textOf(options, 'data')
  const database = textOf(options, 'database')
  if ([data, database, textOf(options, 'server')].filter((one) => one !== undefined).length > 1) {
    throw new CommandFailure(exitCodes.usage, 'Give one of --data, --database and --server, not several.')
  }
  const server = textOf(options, 'server') ?? process.env.DUOKE_SERVER
  if (server !== undefined && server !== '' && data === undefined && database === undefined) {
    return work(remote(server, textOf(options, 'token') ?? process.env.DUOKE_TOKEN))
  }
  // Loaded when needed: a command over the network needs no server.
  const { openOperator } = await import('@duoke/server')
  await using operator = await openOperator({ env: process.env, data, databaseUrl: database, mayBegin })
  return await work({ kind: 'local', operator })
}

function remote(url: string, token: string | undefined): Installation {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new CommandFailure(
      exitCodes.usage,
      `--server needs an address such as https://chat.example.com; "${url}" is none.`,
    )
  }
  if (token === undefined || token === '') {
    throw new CommandFailure(exitCodes.usage, '--server needs a token: set DUOKE_TOKEN, or give --token.')
  }
  return { kind: 'remote', client: createClient({ baseUrl: url, token }), url, token }
}

/** The organization that --org or DUOKE_ORG names. */
export function namedOrganization(options: Options): string | undefined {
  return textOf(options, 'org') ?? (process.env.DUOKE_ORG || undefined)
}

/** The organization that a command is about: the one named, or the only one there is. */
export async function organizationOf(operator: Operator, options: Options): Promise<string> {
  const named = namedOrganization(options)
  const all = await operator.organizations()
  if (named !== undefined) {
    if (all.includes(named)) return named
    throw new CommandFailure(exitCodes.refused, `There is no organization "${named}".`)
  }
  const [only, ...others] = all
  if (only === undefined)
    throw new CommandFailure(exitCodes.refused, 'There is no organization yet; "duoke apply FILE" creates one.')
  if (others.length > 0)
    throw new CommandFailure(
      exitCodes.usage,
      `There are several organizations; name one with --org: ${all.join(', ')}.`,
    )
  return only
}

/** A token belongs to one organization; naming another is a mistake that must not pass silently. */
export async function checkOrganization(client: Client, options: Options): Promise<void> {
  const named = namedOrganization(options)
  if (named === undefined) return
  const { organization } = await client.me.get()
  if (organization.id !== named) {
    throw new CommandFailure(
      exitCodes.refused,
      `The token belongs to the organization "${organization.id}", not to "${named}".`,
    )
  }
}
