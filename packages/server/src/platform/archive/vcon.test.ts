import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RecordEntry, RecordedMessage } from '@duoke/contract'
import { vconFaults } from './testing/vcon-schema.ts'
import { uuidOf, vconOf } from './vcon.ts'

const common = {
  accountId: 'oa',
  conversationId: 'cv_1',
  customerId: 'cu_1',
  sessionId: 'ss_1',
  stintId: 'st_1',
}
const held = { kind: 'agent', agentId: 'lili', stintId: 'st_1', since: '2026-01-01T00:00:00.000Z' } as const
function message(position: number, more: Partial<RecordedMessage>): RecordedMessage {
  return {
    kind: 'message',
    ...common,
    position,
    at: `2026-01-01T00:00:0${position}.000Z`,
    messageId: `ms_${position}`,
    direction: 'in',
    sender: { kind: 'customer', customerId: 'cu_1' },
    holder: held,
    type: 'text',
    text: '你好',
    content: { type: 'text', text: '你好' },
    media: [],
    recalledAt: null,
    ...more,
  }
}
const sha256 = '00'.repeat(32)
const media = {
  id: 'md_1',
  contentType: 'image/png',
  sizeBytes: 3,
  state: 'stored',
  url: null,
  urlExpiresAt: null,
} as const
const entries: RecordEntry[] = [
  message(1, {}),
  message(2, {
    direction: 'out',
    sender: { kind: 'agent', agentId: 'lili' },
    type: 'image',
    text: null,
    media: [media],
  }),
  message(3, { direction: 'out', sender: { kind: 'app', appId: 'bot' }, text: '我是机器人' }),
  { kind: 'recall', ...common, position: 4, at: '2026-01-01T00:00:04.000Z', messageId: 'ms_2', by: held },
]
const vcon = vconOf({
  organization: { id: 'acme', name: 'Acme' },
  conversationId: 'cv_1',
  entries,
  nicknameOf: () => '丽丽',
  appNameOf: () => 'Bot',
  mediaOf: (id) => (id === 'md_1' ? { sha256, contentType: 'image/png' } : undefined),
})

test('a conversation is a vCon with its parties, one dialog for each message and files by what is in them', () => {
  assert.deepEqual(vcon['parties'], [
    { name: (vcon['parties'] as { name: string }[])[0]?.name, type: 'customer', uuid: uuidOf('acme', 'customer/cu_1') },
    { name: '丽丽', type: 'agent', org: 'Acme', uuid: uuidOf('acme', 'agent/lili') },
    { name: 'Bot', type: 'bot', org: 'Acme', uuid: uuidOf('acme', 'app/bot') },
  ])
  const dialog = vcon['dialog'] as { body: string; parties: number[]; type: string; message_id: string }[] // as vconOf writes it
  assert.deepEqual(
    dialog.map(({ body, parties }) => [body, parties]),
    [
      ['你好', [0, 1]],
      ['[image]', [1, 0]],
      ['我是机器人', [2, 0]],
    ],
  )
  assert.ok(dialog.every(({ type, message_id }) => type === 'text' && message_id.startsWith('ms_')))
  const [file, changes] = vcon['attachments'] as Record<string, unknown>[] // as vconOf writes it
  assert.deepEqual([file?.['filename'], file?.['dialog'], file?.['party']], [`files/${sha256}`, 1, 1])
  assert.equal(file?.['url'], `ni:///sha-256;${Buffer.alloc(32).toString('base64url')}`)
  assert.deepEqual(changes?.['body'], [entries[3]])
})

test('a vCon is what the draft’s schema asks for, and the check finds what is not', () => {
  assert.deepEqual(vconFaults(vcon), [])
  const spoiled: [string, Record<string, unknown>][] = [
    ['no uuid', { ...vcon, uuid: undefined }],
    ['no moment', { ...vcon, created_at: 'yesterday' }],
    ['a dialog of no type', { ...vcon, dialog: [{ start: common, parties: [0] }] }],
    ['a party that is not there', { ...vcon, parties: [] }],
    ['a file without its hash', { ...vcon, attachments: [{ ...fileOf(vcon), content_hash: undefined }] }],
  ]
  for (const [what, wrong] of spoiled) assert.notDeepEqual(vconFaults(wrong), [], what)
})

function fileOf({ attachments }: Record<string, unknown>): object {
  return Object((attachments as unknown[])[0]) // as vconOf writes it
}

test('the same conversation has the same version 8 UUID in every export, and another conversation another', () => {
  assert.match(String(vcon['uuid']), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(vcon['uuid'], uuidOf('acme', 'cv_1'))
  assert.notEqual(uuidOf('acme', 'cv_1'), uuidOf('acme', 'cv_2'))
  assert.notEqual(uuidOf('acme', 'cv_1'), uuidOf('other', 'cv_1'))
})
