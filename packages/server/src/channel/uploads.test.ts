import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChannelAccount } from './account-directory.ts'
import type { KnownMedia } from './media-table.ts'
import { createUploads, type UploadPorts } from './uploads.ts'

const content = { type: 'image', mediaId: 'picture' } as const
const account: ChannelAccount = {
  organizationId: 'acme',
  secrets: { appSecret: 's', token: 't', encodingAesKey: 'k' },
  isDegraded: false,
  settings: {
    ...{ accountId: 'oa', kind: 'official-account', name: 'Acme', wechatId: null, originalId: 'gh_1', appId: 'wx1' },
    ...{
      mode: 'safe',
      apiBase: 'http://127.0.0.1:9',
      teams: [],
      greeting: null,
      keywordReplies: [],
      secretsDigest: '',
    },
  },
}

/** WeChat gives `file-1`, `file-2` … and the table is as slow as the test wants. */
function setStage() {
  const slow = Promise.withResolvers<void>()
  const granted = { ok: true, token: 't' } as const
  const known: KnownMedia = {
    state: 'stored',
    playable: null,
    sha256: new Uint8Array([7]),
    contentType: 'image/png',
    size: 1,
  }
  let [uploads, stored] = [0, null as string | null]
  const ports: UploadPorts = {
    table: {
      find: async () => known,
      nameAtWechat: async () => null,
      uploaded: async () => stored,
      async saveUploaded(_key, upstreamId) {
        stored = upstreamId
      },
      async forgetUploaded(_key, upstreamId) {
        await slow.promise
        if (stored === upstreamId) stored = null
      },
    },
    files: { read: async () => new Uint8Array([0x89, 0x50, 0x4e, 0x47]) },
    egress: {
      close: async () => undefined,
      request: async () => {
        uploads += 1
        const body = Buffer.from(JSON.stringify({ type: 'image', media_id: `file-${uploads}`, created_at: 1 }))
        return { sent: 'yes', status: 200, headers: { 'content-type': 'application/json' }, body }
      },
    },
    custodian: { token: async () => granted, renew: async () => granted, forget: () => undefined },
    nowMs: () => 0,
    sleep: async () => undefined,
    randomBytes: (count) => new Uint8Array(count),
    onError: (error) => assert.fail(String(error)),
  }
  const { ready, forget } = createUploads(ports)
  const fileId = async (): Promise<string | undefined> => {
    const state = ready(account, content)
    if (state.kind === 'ready') return state.uploaded.get('picture')
    assert.ok(state.kind === 'uploading')
    await state.done
    return fileId()
  }
  return { fileId, forget, release: slow.resolve, uploads: () => uploads }
}

test('F57: a dropped file is never given under its old id again, however slowly it is forgotten', async () => {
  const stage = setStage()
  assert.equal(await stage.fileId(), 'file-1')
  setImmediate(stage.release)
  await stage.forget(account, content, new Map([['picture', 'file-1']]))
  assert.equal(await stage.fileId(), 'file-2')
})

test('F57: two answers that met the same dropped file upload it once more, not twice', async () => {
  const stage = setStage()
  assert.equal(await stage.fileId(), 'file-1')
  const old = new Map([['picture', 'file-1']])
  stage.release()
  await stage.forget(account, content, old)
  assert.equal(await stage.fileId(), 'file-2')
  await stage.forget(account, content, old)
  assert.equal(await stage.fileId(), 'file-2')
  assert.equal(stage.uploads(), 2)
})
