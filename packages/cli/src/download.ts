import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { routes } from '@duoke/sdk'
import { CommandFailure, exitCodes } from './exit-codes.ts'

type Server = { readonly url: string; readonly token: string }

/** Fetches a backup from a server. It may be larger than memory, so it is passed on as it comes. */
export function downloadBackup(server: Server, output: Writable): Promise<{ bytes: number }> {
  return download(server, { route: routes.getBackup, what: 'backup' }, output)
}

/** Fetches the archive of the token's organization, as a tar. */
export function downloadArchive(server: Server, output: Writable): Promise<{ bytes: number }> {
  return download(server, { route: routes.exportArchive, what: 'archive' }, output)
}

async function download(
  server: Server,
  { route, what }: { readonly route: string; readonly what: string },
  output: Writable,
): Promise<{ bytes: number }> {
  const path = route.replace('GET ', '')
  const answer = await fetch(`${server.url.replace(/\/+$/, '')}${path}`, {
    headers: { Authorization: `Bearer ${server.token}` },
  })
  const { body } = answer
  if (!answer.ok || body === null) throw await refusal(answer)
  let bytes = 0
  async function* counted(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      bytes += chunk.length
      yield chunk
    }
  }
  try {
    await pipeline(counted(body), output)
  } catch (error) {
    // The server cuts the connection when it cannot be finished; it never ends one that is not whole.
    if (!(error instanceof Error && error.message === 'terminated')) throw error
    throw new CommandFailure(exitCodes.unreachable, `The ${what} broke off; the server says why in its log.`)
  }
  return { bytes }
}

/** What the server says in its problem document, as the failure of a command. */
export async function refusal(answer: Response): Promise<CommandFailure> {
  const exitCode = answer.status >= 500 ? exitCodes.unreachable : exitCodes.refused
  const problem: unknown = await answer.json().catch(() => null)
  const words = typeof problem === 'object' && problem !== null ? Object.entries(problem) : []
  const said = ['title', 'detail', 'whatToDo'].flatMap((key) =>
    words
      .filter(([name, value]) => name === key && typeof value === 'string' && value !== '')
      .map(([, value]) => value),
  )
  return new CommandFailure(exitCode, said.length > 0 ? said.join(' ') : `The server answers ${answer.status}.`)
}
