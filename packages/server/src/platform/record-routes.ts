import type { RecordEntry, RecordedMedia } from '@duoke/contract'
import { listRecords } from '../conversation/records.ts'
import type { Handlers } from '../http/handler.ts'
import { Refused } from '../http/refused.ts'
import type { Reads } from '../http/snapshot.ts'
import { type ArchiveAnswerPorts, archiveAnswer } from './archive-answer.ts'
import type { MediaOrigin } from './media-origin.ts'

export type RecordPorts = {
  readonly reads: Reads
  readonly mediaOrigin: Pick<MediaOrigin, 'recordLink'>
  readonly archive: ArchiveAnswerPorts
}

export function recordHandlers({
  reads,
  mediaOrigin,
  archive,
}: RecordPorts): Pick<Handlers, 'listRecords' | 'exportArchive'> {
  return {
    exportArchive: ({ caller }) => archiveAnswer(archive, caller),
    async listRecords({ caller, query }) {
      const { from, to, ...rest } = query
      const filter = { ...rest, fromMs: instantOf('from', from), toMs: instantOf('to', to) }
      return reads.snapshot(caller.org, async (tx) => {
        const { items, next } = await listRecords(tx, caller.org, filter)
        return { items: items.map((entry) => linked(mediaOrigin, caller.org, entry)), next }
      })
    },
  }
}

function linked(origin: RecordPorts['mediaOrigin'], org: string, entry: RecordEntry): RecordEntry {
  if (entry.kind !== 'message') return entry
  return { ...entry, media: entry.media.map((one) => linkedMedia(origin, org, one)) }
}

/** A file that is stored, with an address that opens it. */
export function linkedMedia(origin: RecordPorts['mediaOrigin'], org: string, media: RecordedMedia): RecordedMedia {
  if (media.state !== 'stored') return media
  const { url, untilMs } = origin.recordLink(org, media.id)
  return { ...media, url, urlExpiresAt: new Date(untilMs).toISOString() }
}

function instantOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const ms = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN
  // Beyond these PostgreSQL and JavaScript no longer mean the same moment.
  if (Number.isFinite(ms) && Math.abs(ms) < 8e14) return ms
  throw new Refused('invalid_request', { errors: [{ path: `/query/${name}`, message: 'is no RFC 3339 instant' }] })
}
