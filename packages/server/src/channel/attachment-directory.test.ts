import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createSecretBox } from '../identity/secret-box.ts'
import { rotateSecrets, rotationOverlapMs, writeSecrets } from './account-secrets.ts'
import { createAttachmentDirectory, type StoredAttachment } from './attachment-directory.ts'

const box = createSecretBox(randomBytes(32), randomBytes)
const secrets = { appSecret: 's', token: 'AAAAA', encodingAesKey: 'A'.repeat(43) }

function stored(appId: string, wechatAppId: string, organizationId = 'acme', changes = {}): StoredAttachment {
  return {
    organizationId,
    accountId: 'acme-oa',
    secrets: box.seal(organizationId, writeSecrets({ ...secrets, ...changes })),
    app: {
      ...{ appId, name: appId, contact: null, scopes: [], rateLimit: null, allowedAddresses: [], suspended: {} },
      attachments: [
        {
          ...{ accountId: 'acme-oa', wechatAppId, role: 'responder', priority: 0, when: null, lateReplies: 'drop' },
          ...{ echo: false, agentNames: 'omit', secretsDigest: 'x' },
          push: { url: 'https://app.example/wx', mode: 'safe', format: 'xml' },
        },
      ],
    },
  }
}

function open(rows: StoredAttachment[]) {
  const clock = { now: 1_000_000 }
  const reads: string[] = []
  const store = {
    find: async (which: { wechatAppId: string } | { accountId: string }) => {
      reads.push(Object.values(which).join())
      return rows.filter(({ accountId, app }) =>
        'accountId' in which
          ? accountId === which.accountId
          : app.attachments.some(({ wechatAppId }) => wechatAppId === which.wechatAppId),
      )
    },
  }
  return { directory: createAttachmentDirectory({ store, secretBox: box, nowMs: () => clock.now }), reads, clock, rows }
}

test('an attachment is found by its own appId and by its account, and read once for a while', async () => {
  const { directory, reads, clock } = open([stored('bot', 'wxbot'), stored('crm', 'wxcrm')])
  assert.deepEqual(
    (await directory.ofAccount('acme-oa')).map(({ app }) => app.appId),
    ['bot', 'crm'],
  )
  await directory.ofAccount('acme-oa')
  const bot = await directory.byWechatAppId('wxbot')
  assert.deepEqual([bot?.app.appId, bot?.secrets.appSecret, bot?.isSuspended], ['bot', 's', false])
  assert.deepEqual(reads, ['acme-oa', 'wxbot'])
  clock.now += 4_000
  await directory.ofAccount('acme-oa')
  assert.equal(reads.length, 3)
})

test('F65: an app that was removed here is gone at once, one that was removed elsewhere within five seconds', async () => {
  const { directory, clock, rows } = open([stored('bot', 'wxbot')])
  assert.ok(await directory.byWechatAppId('wxbot'))
  rows.length = 0
  assert.ok(await directory.byWechatAppId('wxbot'), 'nobody told this server')
  clock.now += 4_999
  assert.equal(await directory.byWechatAppId('wxbot'), null)
  rows.push(stored('bot', 'wxbot'))
  directory.forget('acme')
  assert.ok(await directory.byWechatAppId('wxbot'), 'what was absent is looked for again')
})

test('a change in one organization does not make the others be read again', async () => {
  const { directory, reads } = open([stored('bot', 'wxbot'), stored('bot', 'wxother', 'other')])
  await directory.byWechatAppId('wxbot')
  await directory.byWechatAppId('wxother')
  directory.forget('other')
  await directory.byWechatAppId('wxbot')
  await directory.byWechatAppId('wxother')
  assert.deepEqual(reads, ['wxbot', 'wxother', 'wxother'])
})

test('F42: an app goes on under its old token and key for the overlap of a rotation', async () => {
  const rotated = rotateSecrets(secrets, { ...secrets, token: 'BBBBB' }, 1_000_000)
  const { directory, clock } = open([stored('bot', 'wxbot', 'acme', rotated)])
  const bot = await directory.byWechatAppId('wxbot')
  assert.ok(bot)
  assert.deepEqual(directory.credentials(bot).tokens, ['BBBBB', 'AAAAA'])
  clock.now += rotationOverlapMs
  assert.deepEqual(directory.credentials(bot), {
    appId: 'wxbot',
    mode: 'safe',
    tokens: ['BBBBB'],
    encodingAesKeys: ['A'.repeat(43)],
  })
})

test('a failed read is not remembered', async () => {
  let fails = true
  const store = { find: () => (fails ? Promise.reject(new Error('no database')) : Promise.resolve([])) }
  const directory = createAttachmentDirectory({ store, secretBox: box, nowMs: () => 0 })
  await assert.rejects(directory.ofAccount('acme-oa'))
  fails = false
  assert.deepEqual(await directory.ofAccount('acme-oa'), [])
})
