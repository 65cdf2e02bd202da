import { PassThrough, type Readable } from 'node:stream'
import type { Scope } from '@duoke/contract'
import type { Caller } from '../http/caller.ts'
import { Refused } from '../http/refused.ts'
import { type ExportPorts, writeArchive } from './archive/export.ts'
import { tarSink } from './archive/sink.ts'

export type ArchiveAnswerPorts = ExportPorts & {
  readonly onError: (error: unknown) => void
  readonly nowMs: () => number
}

type Answer = { file: Readable; contentType: string; headers: Readonly<Record<string, string>> }

/** An archive shows what these scopes show, all at once: whoever lacks one does not get round it this way. */
const needed: readonly Scope[] = ['records:read', 'configuration:read', 'media']

/** An archive as it is written. Secrets never leave over the network. */
export async function archiveAnswer(ports: ArchiveAnswerPorts, { org, scopes }: Caller): Promise<Answer> {
  const missing = needed.find((scope) => !scopes.has(scope))
  if (missing !== undefined) throw new Refused('insufficient_scope', { detail: missing })
  const file = new PassThrough()
  writeArchive(ports, org, tarSink(file)).catch((error: unknown) => {
    // Whoever went away in the middle is no fault of ours.
    if (error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE') return
    ports.onError(error)
    file.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  const day = new Date(ports.nowMs()).toISOString().slice(0, 10)
  return {
    file,
    contentType: 'application/x-tar',
    headers: { 'Content-Disposition': `attachment; filename="${org}-${day}.tar"` },
  }
}
