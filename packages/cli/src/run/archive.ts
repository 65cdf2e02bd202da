import { existsSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { PassThrough, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { ArchiveSummary, ImportSummary } from '@duoke/server'
import { downloadArchive } from '../download.ts'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { checkOrganization, type Installation, organizationOf, withInstallation } from '../installation.ts'
import { print } from '../options.ts'

type Options = Record<string, unknown>
/** Null while only the archive itself knows what is in it. */
type Told = ArchiveSummary | null

/** `duoke export PLACE`: everything of one organization, in open formats. */
export async function exportArchive(options: Options, args: readonly string[]): Promise<void> {
  const place = (args[0] ?? '').replace(/(.)\/+$/, '$1')
  const isFile = /\.(tar|tar\.gz|tgz)$/.test(place)
  if (isFile && existsSync(place)) throw isThere(place)
  if (!isFile) await refuseFilled(place)
  // Written aside first: an interrupted export never looks like one.
  const partial = `${place}.partial`
  try {
    const summary = await withInstallation(options, false, async (installation) => {
      const written = isFile
        ? await toFile(installation, options, partial, !place.endsWith('.tar'))
        : await toFolder(installation, options, partial)
      return written ?? whatCame(partial)
    })
    if (!isFile && existsSync(place)) await rmdir(place)
    await rename(partial, place)
    print(options, { place, ...summary }, () => `${place}: ${exported(summary, options.secrets === true)}`)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}

async function toFile(from: Installation, options: Options, file: string, gzip: boolean): Promise<Told> {
  // Opened at once, so that a folder that is not there is told before any work.
  const output = (await open(file, 'w', 0o600)).createWriteStream({ flush: true })
  try {
    if (from.kind === 'remote') return await fromServer(from, options, gzip ? packed(output) : { output })
    const { tarSink } = await import('@duoke/server')
    return await fromDatabase(from, options, tarSink(output, { gzip }))
  } catch (error) {
    output.destroy()
    throw error
  }
}

type Filled = { readonly output: Writable; readonly filled?: Promise<unknown> }

function packed(output: Writable): Filled {
  const gzip = createGzip()
  return { output: gzip, filled: pipeline(gzip, output) }
}

async function toFolder(from: Installation, options: Options, folder: string): Promise<Told> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { mode: 0o700 })
  const { folderSink, tarFiles } = await import('@duoke/server')
  const sink = folderSink(folder)
  if (from.kind === 'local') return fromDatabase(from, options, sink)
  const tar = new PassThrough()
  const unpacked = async () => {
    for await (const { path, bytes } of tarFiles(tar)) await sink.add(path, bytes)
  }
  return fromServer(from, options, { output: tar, filled: unpacked() })
}

async function fromDatabase(
  { operator }: Extract<Installation, { kind: 'local' }>,
  options: Options,
  sink: Parameters<(typeof operator)['exportArchive']>[1],
): Promise<Told> {
  return operator.exportArchive(await organizationOf(operator, options), sink, { secrets: options.secrets === true })
}

/** What came over the network is read again: it says by itself whether it is whole. */
async function whatCame(place: string): Promise<ArchiveSummary> {
  const { openArchive, verifyArchive } = await import('@duoke/server')
  const { manifest, hash } = await verifyArchive(await openArchive(place))
  return { organization: manifest.organization.id, hash, ...manifest.counts }
}

async function fromServer(
  server: Extract<Installation, { kind: 'remote' }>,
  options: Options,
  { output, filled }: Filled,
): Promise<Told> {
  if (options.secrets === true) {
    throw new CommandFailure(exitCodes.usage, 'Secrets do not leave over the network.', [
      "Run duoke export --secrets on the server's machine, with --data or --database.",
    ])
  }
  await checkOrganization(server.client, options)
  const downloaded = downloadArchive(server, output)
  // Whichever fails first says why; neither is left without somebody who hears it.
  await Promise.all([downloaded, filled ?? Promise.resolve()])
  return null
}

function exported(told: ArchiveSummary, withSecrets: boolean): string {
  const counts = `${told.events} events, ${told.records} records, ${told.conversations} conversations, ${told.files} files.`
  const what = `${counts}\nSHA-256 of its manifest: ${told.hash}`
  return `${what}\n${withSecrets ? 'It holds secrets in clear: keep it as you keep them.' : 'Secrets are not in it.'}`
}

/** `duoke import PLACE`: into an empty installation only. */
export async function importArchive(options: Options, args: readonly string[]): Promise<void> {
  const place = args[0] ?? ''
  // A mistyped place must not begin an installation.
  if (!existsSync(place))
    throw new CommandFailure(exitCodes.usage, `${place} cannot be used: there is no such file or folder.`)
  const summary = await withInstallation(options, true, async (installation) => {
    if (installation.kind === 'remote') throw notIntoService()
    return installation.operator.importArchive(place)
  })
  print(options, { place, ...summary }, () => imported(summary))
}

function imported({ organization, events, conversations, files, hash, leftToConfigure }: ImportSummary): string {
  return [
    `${organization}: ${events} events, ${conversations} conversations, ${files} files imported; cursors from before are answered with cursor_expired.`,
    `SHA-256 of its manifest: ${hash}`,
    'Left to configure (duoke apply, duoke token create):',
    ...leftToConfigure.map((what) => `  ${what}`),
  ].join('\n')
}

async function refuseFilled(folder: string): Promise<void> {
  if (folder === '') throw new CommandFailure(exitCodes.usage, 'Say where to write the archive.')
  if (existsSync(folder) && (await readdir(folder)).length > 0) throw isThere(folder)
}

function isThere(place: string): CommandFailure {
  return new CommandFailure(exitCodes.refused, `${place} is there already.`, ['Name a new file, or an empty folder.'])
}

/** An archive goes into an empty installation, and a server that answers with a token has an organization already. */
function notIntoService(): CommandFailure {
  return new CommandFailure(
    exitCodes.refused,
    'An archive is imported into an empty installation, and a server in service has an organization.',
    ['Run "duoke import" on the machine with --data or --database naming the new installation, then start it there.'],
  )
}
