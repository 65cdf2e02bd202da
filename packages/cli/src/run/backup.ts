import { open, rename, rm } from 'node:fs/promises'
import { downloadBackup } from '../download.ts'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { withInstallation } from '../installation.ts'
import { print } from '../options.ts'

/** `duoke backup FILE`: one consistent file, also beside a running server. */
export async function backup(options: Record<string, unknown>, args: readonly string[]): Promise<void> {
  const file = args[0] ?? ''
  // Written aside first: an interrupted backup never looks like one.
  const partial = `${file}.partial`
  // Opened at once, so that a folder that is not there is told before any work.
  const output = (await open(partial, 'w', 0o600)).createWriteStream({ flush: true })
  try {
    const summary = await withInstallation(options, false, async (installation) =>
      installation.kind === 'remote' ? downloadBackup(installation, output) : installation.operator.backup(output),
    )
    await rename(partial, file)
    print(options, { file, ...summary }, () => `${file}: ${contents(summary)} ${besides}`)
  } catch (error) {
    output.destroy()
    await rm(partial, { force: true })
    throw error
  }
}

const besides = 'Media and the key file are not in it: keep both beside it.'

function contents(summary: Awaited<ReturnType<typeof downloadBackup>> | { rows: number; organizations: number }) {
  return 'rows' in summary
    ? `${summary.rows} rows of ${summary.organizations} organization(s).`
    : `${summary.bytes} bytes.`
}

/** `duoke restore FILE`: into an empty database only. */
export async function restore(options: Record<string, unknown>, args: readonly string[]): Promise<void> {
  const file = args[0] ?? ''
  const input = await open(file)
  await using _closing = { [Symbol.asyncDispose]: () => input.close() }
  const summary = await withInstallation(options, true, async (installation) => {
    if (installation.kind === 'remote') throw notIntoService()
    return installation.operator.restore(input.createReadStream({ autoClose: false }))
  })
  print(options, { file, ...summary }, () => restored(summary))
}

type Restored = { rows: number; organizations: number; key: { file: string; state: 'fits' | 'missing' | 'other' } }

function restored({ rows, organizations, key }: Restored): string {
  const did = `${rows} rows of ${organizations} organization(s) restored; cursors from before are answered with cursor_expired.`
  const place = `Before you start it, put the key file that was kept beside the backup to ${key.file}`
  switch (key.state) {
    case 'fits':
      return did
    case 'missing':
      return `${did}\n${place}.`
    case 'other':
      return `${did}\n${place}: the one that is there does not open its secrets.`
    default:
      return key.state satisfies never
  }
}

/** A backup goes into an empty database, and a server that answers with a token has an organization already. */
function notIntoService(): CommandFailure {
  return new CommandFailure(
    exitCodes.refused,
    'A backup is restored into a new, empty database, and a server in service has none.',
    [
      'Run "duoke restore FILE" on the server\'s machine with --data or --database naming the new one, then start it there.',
    ],
  )
}
