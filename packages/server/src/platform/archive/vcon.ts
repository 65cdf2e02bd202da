import { createHash } from 'node:crypto'
import type { Actor, RecordEntry, RecordedMessage } from '@duoke/contract'
import { aliasOf } from '../../conversation/customer-name.ts'

/** A file of the archive, by what is in it. */
export type ArchivedMedia = { readonly sha256: string; readonly contentType: string }

export type VconInput = {
  readonly organization: { readonly id: string; readonly name: string }
  readonly conversationId: string
  /** All of the conversation, oldest first; not empty. */
  readonly entries: readonly RecordEntry[]
  readonly nicknameOf: (agentId: string) => string | undefined
  readonly appNameOf: (appId: string) => string | undefined
  readonly mediaOf: (mediaId: string) => ArchivedMedia | undefined
}

type Party = { readonly name: string; readonly uuid: string; readonly type: string; readonly org?: string }
type Dialog = Record<string, unknown>
type Attachment = Record<string, unknown>

/**
 * A conversation as a vCon, the IETF's container for conversations (draft-ietf-vcon-vcon-core-04): parties, one dialog of
 * type text for each message, files as attachments. Files lie beside it in the archive and are named by their SHA-256
 * (RFC 6920), so that the same picture is kept once.
 */
export function vconOf(input: VconInput): Record<string, unknown> {
  const { organization, conversationId, entries } = input
  const parties = createParties(input)
  const dialog: Dialog[] = []
  const attachments: Attachment[] = []
  for (const entry of entries) {
    if (entry.kind !== 'message') continue
    const party = parties.indexOf(entry.sender)
    attachments.push(...filesOf(entry, input, { party, dialog: dialog.length }))
    dialog.push(dialogOf(entry, party, otherSide(entry, parties)))
  }
  const sessions = entries.filter((entry) => entry.kind !== 'message')
  const [first] = sessions
  if (first !== undefined && dialog.length > 0) {
    const head = { purpose: 'session changes and recalls', start: first.at, party: 0, dialog: 0 }
    attachments.push({ ...head, mediatype: 'application/json', encoding: 'json', body: sessions })
  }
  return {
    // For readers of earlier drafts; this one no longer asks for it.
    vcon: '0.4.0',
    uuid: uuidOf(organization.id, conversationId),
    created_at: entries[0]?.at,
    updated_at: entries.at(-1)?.at,
    subject: conversationId,
    parties: parties.all,
    dialog,
    analysis: [],
    attachments,
  }
}

function dialogOf(entry: RecordedMessage, from: number, to: number): Dialog {
  return {
    type: 'text',
    start: entry.at,
    parties: [from, to],
    originator: from,
    mediatype: 'text/plain',
    encoding: 'none',
    body: entry.text ?? `[${entry.type}]`,
    application: 'wechat',
    message_id: entry.messageId,
  }
}

function filesOf(entry: RecordedMessage, input: VconInput, at: { party: number; dialog: number }): Attachment[] {
  return entry.media.flatMap(({ id }) => {
    const media = input.mediaOf(id)
    if (media === undefined) return []
    const hash = Buffer.from(media.sha256, 'hex').toString('base64url')
    return {
      purpose: `${entry.type} of message ${entry.messageId}`,
      start: entry.at,
      ...at,
      mediatype: media.contentType,
      filename: `files/${media.sha256}`,
      url: `ni:///sha-256;${hash}`,
      content_hash: `sha256-${hash}`,
    }
  })
}

type Parties = { readonly all: Party[]; indexOf(actor: Actor): number }

/** Everybody who wrote, the customer first. */
function createParties({ organization, entries, nicknameOf, appNameOf }: VconInput): Parties {
  const all: Party[] = []
  const byKey = new Map<string, number>()
  const add = (key: string, party: Omit<Party, 'uuid'>) => {
    byKey.set(key, all.length)
    all.push({ ...party, uuid: uuidOf(organization.id, key) })
    return all.length - 1
  }
  const org = organization.name
  const [first] = entries
  if (first !== undefined) {
    add(`customer/${first.customerId}`, { name: aliasOf(first.customerId), type: 'customer' })
  }
  return {
    all,
    indexOf(actor) {
      const key = keyOf(actor)
      const known = byKey.get(key)
      if (known !== undefined) return known
      switch (actor.kind) {
        case 'customer':
          return add(key, { name: aliasOf(actor.customerId), type: 'customer' })
        case 'agent':
          return add(key, { name: nicknameOf(actor.agentId) ?? actor.agentId, type: 'agent', org })
        case 'app':
          return add(key, { name: appNameOf(actor.appId) ?? actor.appId, type: 'bot', org })
        case 'rule':
        case 'system':
        case 'operator':
          return add(key, { name: actor.kind === 'rule' ? actor.rule : actor.kind, type: 'system', org })
        default:
          return actor satisfies never
      }
    },
  }
}

function keyOf(actor: Actor): string {
  switch (actor.kind) {
    case 'customer':
      return `customer/${actor.customerId}`
    case 'agent':
      return `agent/${actor.agentId}`
    case 'app':
      return `app/${actor.appId}`
    case 'rule':
      return `rule/${actor.rule}`
    case 'system':
    case 'operator':
      return actor.kind
    default:
      return actor satisfies never
  }
}

/** A message goes to the customer, and the customer's to whoever holds the conversation. */
function otherSide(entry: RecordedMessage, parties: Parties): number {
  if (entry.direction === 'out') return 0
  const { holder } = entry
  if (holder.kind === 'agent') return parties.indexOf({ kind: 'agent', agentId: holder.agentId })
  if (holder.kind === 'app') return parties.indexOf({ kind: 'app', appId: holder.appId })
  return parties.indexOf({ kind: 'system' })
}

/** UUID version 8 (RFC 9562): the same conversation has the same one in every export. */
export function uuidOf(organizationId: string, name: string): string {
  const bytes = createHash('sha256').update(`duoke\n${organizationId}\n${name}`).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
