import { readFileSync } from 'node:fs'
import { type AppliedConfiguration, type ConfigurationChange, type ConfigurationDocument, DuokeError } from '@duoke/sdk'
import { parse, YAMLParseError } from 'yaml'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { namedOrganization, withInstallation } from '../installation.ts'
import { isSet, print } from '../options.ts'
import { resolveSecrets } from '../resolve-secrets.ts'

/** `duoke apply FILE`: the whole configuration as one document, idempotently. */
export async function apply(options: Record<string, unknown>, args: readonly string[]): Promise<void> {
  const document = readDocument(args[0] ?? '-')
  checkOrganization(document, namedOrganization(options))
  const how = { dryRun: isSet(options, 'dryRun'), prune: isSet(options, 'prune') }
  const { changes, warnings } = await withInstallation(options, true, async (installation) => {
    if (installation.kind === 'local') {
      const result = await installation.operator.apply(document, how)
      if (result.ok) return result
      throw new CommandFailure(exitCodes.refused, result.sentence, result.details)
    }
    // The server checks the document; here it is only known to be one.
    const body = { document: document as ConfigurationDocument, ...how }
    try {
      return await installation.client.configuration.apply(body)
    } catch (error) {
      throw aboutDocument(error)
    }
  })
  print(options, { dryRun: how.dryRun, changes, warnings }, () =>
    [...warnings.map(inWords), describe(changes, how.dryRun)].join('\n'),
  )
}

/** Over the network the document is one part of a request; its writer knows the document only. */
function aboutDocument(error: unknown): unknown {
  if (!(error instanceof DuokeError) || error.code !== 'invalid_request') return error
  const fields = (error.problem?.errors ?? []).flatMap(({ path, message }) =>
    // The same unknown key is told once more, by its name, one level above.
    message === 'schema is false' ? [] : [`${path.replace('/body/document', '') || '/'}: ${message}`],
  )
  return new CommandFailure(exitCodes.refused, 'The configuration document cannot be applied.', fields)
}

/** The document says which organization it is about; --org only guards against the wrong file. */
function checkOrganization(document: unknown, named: string | undefined): void {
  if (named === undefined || typeof document !== 'object' || document === null || !('organization' in document)) return
  const { organization } = document
  if (typeof organization !== 'object' || organization === null || !('id' in organization)) return
  if (organization.id === named) return
  throw new CommandFailure(
    exitCodes.refused,
    `The document is about the organization "${organization.id}", not about "${named}".`,
  )
}

/** Secrets named by variable or file are read here, where they are; a server never reads files for a caller. */
export function readDocument(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new CommandFailure(exitCodes.usage, `Cannot read ${file}: ${error instanceof Error ? error.message : error}`)
  }
  return resolveSecrets(parseDocument(file === '-' ? 'Standard input' : file, text))
}

function parseDocument(name: string, text: string): unknown {
  try {
    // JSON is YAML; aliases are limited, so that a small file cannot grow into a huge document.
    return parse(text, { maxAliasCount: 100 })
  } catch (error) {
    // Too many aliases are a ReferenceError.
    if (!(error instanceof YAMLParseError || error instanceof ReferenceError)) throw error
    throw new CommandFailure(exitCodes.refused, `${name} is neither JSON nor YAML: ${error.message.trim()}`)
  }
}

const inWords = ({ path, message }: AppliedConfiguration['warnings'][number]): string => `! ${path}: ${message}`

const signs: Record<ConfigurationChange['change'], string> = {
  created: '+',
  changed: '~',
  removed: '-',
  unchanged: ' ',
  left: ' ',
}

function describe(changes: readonly ConfigurationChange[], dryRun: boolean): string {
  const lines = changes.map(({ kind, id, change, fields }) => {
    const what = fields.length > 0 && change === 'changed' ? ` (${fields.join(', ')})` : ''
    return `${signs[change]} ${kind} ${id}: ${change}${what}`
  })
  const count = changes.filter(({ change }) => change !== 'unchanged' && change !== 'left').length
  const sum =
    count === 0
      ? 'Nothing to change.'
      : `${count} ${dryRun ? 'would be changed; nothing was (--dry-run).' : 'changed.'}`
  return [...lines, sum].join('\n')
}
