import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setStage } from '../testing/fixtures.ts'

test('tags are made, renamed, given, listed and taken away', async () => {
  await using stage = await setStage()
  const { openid, api } = stage
  const made = await api('/cgi-bin/tags/create', { tag: { name: '广东' } })
  assert.deepEqual(made, { tag: { id: 100, name: '广东' } })
  assert.equal((await api('/cgi-bin/tags/update', { tag: { id: 100, name: '广东人' } }))['errcode'], 0)
  assert.equal((await api('/cgi-bin/tags/members/batchtagging', { openid_list: [openid], tagid: 100 }))['errcode'], 0)
  assert.equal((await api('/cgi-bin/tags/members/batchtagging', { openid_list: [openid], tagid: 2 }))['errcode'], 0)
  assert.deepEqual((await api('/cgi-bin/tags/getidlist', { openid }))['tagid_list'], [100, 2])
  assert.deepEqual((await api('/cgi-bin/user/info', undefined, { openid }))['tagid_list'], [100, 2])
  assert.deepEqual((await api('/cgi-bin/tags/get'))['tags'], [
    { id: 2, name: '星标组', count: 1 },
    { id: 100, name: '广东人', count: 1 },
  ])
  const members = { count: 1, data: { openid: [openid] }, next_openid: openid }
  assert.deepEqual(await api('/cgi-bin/user/tag/get', { tagid: 100, next_openid: '' }), members)
  assert.deepEqual(await api('/cgi-bin/user/tag/get', { tagid: 100, next_openid: openid }), {
    count: 0,
    next_openid: '',
  })
  assert.equal((await api('/cgi-bin/tags/members/batchuntagging', { openid_list: [openid], tagid: 2 }))['errcode'], 0)
  assert.equal((await api('/cgi-bin/tags/delete', { tag: { id: 100 } }))['errcode'], 0)
  assert.deepEqual((await api('/cgi-bin/tags/getidlist', { openid }))['tagid_list'], [])
  // An id is never given twice.
  assert.deepEqual(await api('/cgi-bin/tags/create', { tag: { name: '北京' } }), { tag: { id: 101, name: '北京' } })
})

test('tags are refused with their codes', async () => {
  await using stage = await setStage()
  const { openid } = stage
  const code = async (path: string, body: unknown) => (await stage.api(`/cgi-bin/tags/${path}`, body))['errcode']
  await code('create', { tag: { name: '广东' } })
  assert.equal(await code('create', { tag: { name: '广东' } }), 45157)
  assert.equal(await code('create', { tag: { name: '很'.repeat(11) } }), 45158)
  assert.equal(await code('update', { tag: { id: 1, name: 'x' } }), 45058)
  assert.equal(await code('update', { tag: { id: 7, name: 'x' } }), 45159)
  assert.equal(await code('delete', { tag: { id: 2 } }), 45058)
  const tag = (openid_list: unknown, tagid: number) => code('members/batchtagging', { openid_list, tagid })
  assert.equal(await tag([], 100), 40031)
  assert.equal(await tag(Array(51).fill(openid), 100), 40032)
  assert.equal(await tag([openid, `o${'x'.repeat(27)}`], 100), 49003)
  assert.equal(await tag([openid], 999), 45159)
  for (let at = 1; at <= 20; at += 1) {
    await code('create', { tag: { name: `t${at}` } })
    assert.equal(await tag([openid], 100 + at), 0)
  }
  assert.equal(await tag([openid], 100), 45059)
  for (let at = 21; at <= 99; at += 1) assert.equal(await code('create', { tag: { name: `t${at}` } }), undefined)
  assert.equal(await code('create', { tag: { name: 'one more' } }), 45056)
})

test('nothing can be sent to somebody on the blacklist (43019)', async () => {
  await using stage = await setStage()
  const { openid, api } = stage
  const acted = stage.simulator.act('shop', 'wang', { type: 'text', text: '在吗' })
  if (acted.kind === 'acted') await acted.done
  assert.equal((await api('/cgi-bin/tags/members/batchblacklist', { openid_list: [openid] }))['errcode'], 0)
  const listed = { total: 1, count: 1, data: { openid: [openid] }, next_openid: openid }
  assert.deepEqual(await api('/cgi-bin/tags/members/getblacklist', { begin_openid: '' }), listed)
  assert.equal(await stage.send(), 43019)
  assert.equal((await api('/cgi-bin/tags/members/batchunblacklist', { openid_list: [openid] }))['errcode'], 0)
  assert.equal(await stage.send(), 0)
})
