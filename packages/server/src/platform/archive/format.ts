// An archive is a folder, or a tar of it. In this order:
//   configuration.json                the document of `duoke apply`, without secrets
//   events/000000001.jsonl            the log, one event a line, with what proves that no event is missing or changed
//   decisions/, timers/, commands/,   the other rows that the log does not give back by itself:
//   feeds/, deliveries/,              reasons, waits, answered keys, how far each app was pushed and what became of it,
//   agent-numbers/                    the numbers by which WeChat-speaking apps know agents
//   media/000000001.jsonl, files/     what is known of each file, and the bytes under their own SHA-256
//   records/000000001.jsonl           the same for readers: messages, recalls and session changes in log order
//   conversations/cv_….vcon.json      and each conversation as a vCon (draft-ietf-vcon-vcon-core-04)
//   secrets.jsonl                     only when asked for
//   manifest.json                     every file with its size and SHA-256
// Nothing in it depends on when or where it was written: the same organization gives the same bytes.
import { createHash } from 'node:crypto'
import { type Static, Type } from 'typebox'
import { DatabaseRefusal } from '../../database/refusal.ts'

export const archiveFormat = 'duoke-archive'
export const archiveVersion = 1
export const manifestPath = 'manifest.json'
export const configurationPath = 'configuration.json'
export const secretsPath = 'secrets.jsonl'

/** Folders of JSON Lines, cut into parts. */
export const partedSections = [
  ...(['events', 'decisions', 'timers', 'commands', 'feeds', 'deliveries', 'agent-numbers', 'media'] as const),
  'records',
] as const
export type Section = (typeof partedSections)[number]

export const archiveLimits = {
  /** A part is closed with the first line beyond either. */
  partLines: 5000,
  partBytes: 16 * 1024 * 1024,
  /** No file of an archive is larger; the largest that WeChat carries is 20 MB. */
  fileBytes: 128 * 1024 * 1024,
  /** A packed archive that unpacks to more than this, and to more than `ratio` times its size, is none of ours. */
  unpackedBytes: 256 * 1024 * 1024,
  ratio: 200,
} as const

const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })

export const Manifest = Type.Object({
  format: Type.Literal(archiveFormat),
  version: Type.Literal(archiveVersion),
  organization: Type.Object({ id: Type.String(), name: Type.String(), timeZone: Type.String() }),
  /** The log's last position, and the last link of its hash chain. */
  head: Type.Integer({ minimum: 0 }),
  chain: Type.Union([sha256, Type.Null()]),
  secrets: Type.Boolean(),
  counts: Type.Object({
    events: Type.Integer(),
    records: Type.Integer(),
    conversations: Type.Integer(),
    media: Type.Integer(),
    files: Type.Integer(),
  }),
  files: Type.Array(Type.Object({ path: Type.String(), bytes: Type.Integer({ minimum: 0 }), sha256 })),
})
export type Manifest = Static<typeof Manifest>

const names = new RegExp(
  [
    `^(?:manifest\\.json|configuration\\.json|secrets\\.jsonl`,
    `(?:${partedSections.join('|')})/[0-9]{9}\\.jsonl`,
    `conversations/[A-Za-z0-9_-]{1,80}\\.vcon\\.json`,
    `files/[0-9a-f]{64})$`,
  ].join('|'),
)

/** Whether an archive may hold a file of this name: no other is ever opened, so none can lead out of it. */
export function isArchivePath(path: string): boolean {
  return names.test(path)
}

export function partPath(section: Section, part: number): string {
  return `${section}/${String(part).padStart(9, '0')}.jsonl`
}

/** Parts of a section in their order, whatever the order of the files around them. */
export function sectionOf(path: string): Section | undefined {
  return partedSections.find((section) => path.startsWith(`${section}/`))
}

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export function damaged(how: string, cause?: unknown): DatabaseRefusal {
  return new DatabaseRefusal(
    'archive_damaged',
    `The archive is damaged: ${how}. Nothing was imported.`,
    'Use another copy of it, or export it again.',
    { cause },
  )
}

export function foreign(how: string, cause?: unknown): DatabaseRefusal {
  return new DatabaseRefusal(
    'archive_foreign',
    `This is no archive that this Duoke can read: ${how}.`,
    'Give what `duoke export` wrote, and to the same or a newer version.',
    { cause },
  )
}
