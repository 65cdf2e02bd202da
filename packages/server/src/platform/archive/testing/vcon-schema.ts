import { Type } from 'typebox'
import { Value } from 'typebox/value'

const text = Type.String()
const time = Type.String({ format: 'date-time' })
const index = Type.Integer({ minimum: 0 })
const oneOrMore = Type.Union([index, Type.Array(index)])
const uri = Type.String({ format: 'uri' })
/** Algorithm and base64url, one or several (`content_hash`). */
const hash = Type.String({ pattern: '^[a-z0-9]+-[A-Za-z0-9_-]+$' })
const contents = {
  mediatype: Type.Optional(text),
  filename: Type.Optional(text),
  body: Type.Optional(Type.Unknown()),
  encoding: Type.Optional(Type.Union([Type.Literal('base64url'), Type.Literal('json'), Type.Literal('none')])),
  url: Type.Optional(uri),
  content_hash: Type.Optional(Type.Union([hash, Type.Array(hash)])),
}

const Party = Type.Object({
  name: Type.Optional(text),
  uuid: Type.Optional(Type.String({ format: 'uuid' })),
  type: Type.Optional(text),
  org: Type.Optional(text),
})
const Dialog = Type.Object({
  type: Type.Union(
    (['recording', 'text', 'transfer', 'incomplete', 'recording-set'] as const).map((one) => Type.Literal(one)),
  ),
  start: time,
  parties: Type.Optional(oneOrMore),
  originator: Type.Optional(index),
  application: Type.Optional(text),
  message_id: Type.Optional(text),
  ...contents,
})
const Attachment = Type.Object({ start: time, party: index, dialog: index, purpose: Type.Optional(text), ...contents })
const Analysis = Type.Object({ type: text, vendor: text, dialog: Type.Optional(oneOrMore), ...contents })

/** What appendix B of draft-ietf-vcon-vcon-core-04 asks of an unsigned vCon, for the members that we write. */
const Vcon = Type.Object({
  vcon: Type.Optional(Type.Literal('0.4.0')),
  uuid: Type.String({ format: 'uuid' }),
  created_at: time,
  updated_at: Type.Optional(time),
  subject: Type.Optional(text),
  parties: Type.Optional(Type.Array(Party)),
  dialog: Type.Optional(Type.Array(Dialog)),
  analysis: Type.Optional(Type.Array(Analysis)),
  attachments: Type.Optional(Type.Array(Attachment)),
})

/** What is wrong with a vCon by the draft's schema, and by the indices that no schema can check; empty when nothing is. */
export function vconFaults(vcon: unknown): string[] {
  const value: unknown = JSON.parse(JSON.stringify(vcon))
  const faults = Value.Errors(Vcon, value).map(({ instancePath, message }) => `${instancePath} ${message}`)
  if (!Value.Check(Vcon, value)) return faults.length > 0 ? faults : ['it is no vCon']
  const { parties = [], dialog = [], attachments = [] } = value
  const isParty = (at: number) => at < parties.length
  return [
    ...dialog.flatMap((one, at) => [
      ...([one.parties ?? [], one.originator ?? []].flat().every(isParty) ? [] : [`/dialog/${at} names nobody`]),
      ...contentFaults(one, `/dialog/${at}`),
    ]),
    ...attachments.flatMap((one, at) => [
      ...(isParty(one.party) && one.dialog < dialog.length ? [] : [`/attachments/${at} belongs nowhere`]),
      ...contentFaults(one, `/attachments/${at}`),
    ]),
  ]
}

type Contents = { body?: unknown; encoding?: string; url?: string; content_hash?: unknown }

/** Inline or elsewhere, never both; elsewhere only with a hash; a body that is no JSON is text. */
function contentFaults({ body, encoding, url, content_hash }: Contents, at: string): string[] {
  return [
    ...(body !== undefined && url !== undefined ? [`${at} is inline and elsewhere`] : []),
    ...(url !== undefined && content_hash === undefined ? [`${at} has no hash`] : []),
    ...(body !== undefined && encoding !== 'json' && typeof body !== 'string'
      ? [`${at} has a body that is no text`]
      : []),
  ]
}
