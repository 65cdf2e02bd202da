import { existsSync, type WriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { downloadBackup } from '../download.ts'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { checkOrganization, type Installation, withInstallation } from '../installation.ts'
import { print } from '../options.ts'
import { uploadBackup } from '../upload.ts'

type RemoteServer = Extract<Installation, { kind: 'remote' }>

/** `duoke backup FILE`: one consistent file, also beside a running server. */
export async function backup(options: Record<string, unknown>, args: readonly string[]): Promise<void> {
  const file = args[0] ?? ''
  const summary = await keep(file, (output) =>
    withInstallation(options, false, async (installation) =>
      installation.kind === 'remote' ? downloadBackup(installation, output) : installation.operator.backup(output),
    ),
  )
  print(options, { file, ...summary }, () => `${file}: ${contents(summary)} ${besides}`)
}

/** Writes a private file, aside first: an interrupted backup never looks like one. */
async function keep<T>(file: string, write: (output: WriteStream) => Promise<T>): Promise<T> {
  const partial = `${file}.partial`
  // Opened at once, so that a folder that is not there is told before any work.
  const output = (await open(partial, 'w', 0o600)).createWriteStream({ flush: true })
  try {
    const written = await write(output)
    await rename(partial, file)
    return written
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

/** `duoke restore FILE`: into an empty database, or with --replace in the place of what a server holds. */
export async function restore(options: Record<string, unknown>, args: readonly string[]): Promise<void> {
  const file = args[0] ?? ''
  const input = await open(file)
  await using _closing = { [Symbol.asyncDispose]: () => input.close() }
  await withInstallation(options, true, async (installation) => {
    if (installation.kind === 'remote') return restoreOver(installation, options, file)
    if (options.replace === true) throw replacesOnlyInService()
    const summary = await installation.operator.restore(input.createReadStream({ autoClose: false }))
    print(options, { file, ...summary }, () => restored(summary))
  })
}

async function restoreOver(server: RemoteServer, options: Record<string, unknown>, file: string): Promise<void> {
  await checkOrganization(server.client, options)
  const isMeant = options.replace === true
  const replaced = isMeant ? freeName(`${file}.replaced`) : undefined
  if (replaced !== undefined) await keep(replaced, (output) => downloadBackup(server, output))
  const summary = await uploadBackup(server, file, isMeant)
  print(options, { file, replaced, ...summary }, () =>
    [
      `${summary.rows} rows of ${summary.createdAt} restored; cursors from before are answered with cursor_expired.`,
      `What was there before is in ${replaced}.`,
    ].join('\n'),
  )
}

/** What an earlier restore replaced may be kept nowhere else. */
function freeName(name: string): string {
  for (let number = 1; ; number += 1) {
    const tried = number === 1 ? name : `${name}.${number}`
    if (!existsSync(tried)) return tried
  }
}

function replacesOnlyInService(): CommandFailure {
  return new CommandFailure(
    exitCodes.usage,
    '--replace is for a running server: name it with --server, or with the variable DUOKE_SERVER.',
    ['A new folder or a new, empty database takes a backup without it.'],
  )
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
