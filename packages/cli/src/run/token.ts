import { scopes as allScopes, type Scope } from '@duoke/sdk'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { checkOrganization, organizationOf, withInstallation } from '../installation.ts'
import { durationMs, isSet, print, textOf } from '../options.ts'

/** `duoke token create`: prints only the token on standard output. */
export async function createToken(options: Record<string, unknown>): Promise<void> {
  const request = {
    holder: holderOf(options),
    scopes: scopesOf(options),
    expiresInMs: durationOf(options),
    label: textOf(options, 'label') ?? 'command line',
  }
  const created = await withInstallation(options, false, async (installation) => {
    if (installation.kind === 'remote') {
      await checkOrganization(installation.client, options)
      return (await installation.client.tokens.create(request)).token
    }
    const organization = await organizationOf(installation.operator, options)
    const result = await installation.operator.createToken(organization, request)
    if (result.ok) return result.token
    throw new CommandFailure(exitCodes.refused, result.sentence)
  })
  print(options, { token: created }, () => created)
}

function holderOf(options: Record<string, unknown>) {
  const agent = textOf(options, 'agent')
  const app = textOf(options, 'app')
  const given = [agent, app, isSet(options, 'admin') ? 'admin' : undefined].filter((one) => one !== undefined)
  if (given.length !== 1) throw new CommandFailure(exitCodes.usage, 'Say for whom: --agent ID, --app ID or --admin.')
  if (agent !== undefined) return { kind: 'agent', id: agent } as const
  return app === undefined ? ({ kind: 'admin' } as const) : ({ kind: 'app', id: app } as const)
}

function scopesOf(options: Record<string, unknown>): Scope[] | undefined {
  const text = textOf(options, 'scopes')
  if (text === undefined) return undefined
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const unknown = names.filter((name) => !(name in allScopes))
  if (unknown.length > 0) {
    throw new CommandFailure(
      exitCodes.usage,
      `There is no scope ${unknown.join(', ')}. Scopes: ${Object.keys(allScopes).join(', ')}.`,
    )
  }
  return names as Scope[] // each was found in the table
}

function durationOf(options: Record<string, unknown>): number | undefined {
  const text = textOf(options, 'expires')
  return text === undefined ? undefined : durationMs(text)
}
