import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { ApiFault } from '@duoke/simulator'
import { eventually, type Stage, setStage } from './support/channel-stage.ts'
import { testDatabase } from './support/database.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database
const options = { timeout: 30_000 }
const getPath = '/cgi-bin/media/get'
const uploadPath = '/cgi-bin/media/upload'

const png = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(60, 7)])
const mp4 = Buffer.concat([Buffer.from('00000018667479706d703432', 'hex'), Buffer.alloc(60, 9)])
const jpg = Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), Buffer.alloc(60, 5)])

/** Half a second of silence as a phone sends it. */
const frame = Buffer.from(`3c08555858${'010000'.padEnd(54, '0')}`, 'hex')
const amr = Buffer.concat([Buffer.from('#!AMR\n'), ...Array.from({ length: 25 }, () => frame)])

function give(stage: Stage, type: 'image' | 'video' | 'voice' | 'thumb', bytes: Buffer): string {
  const [extension, contentType] = {
    image: ['png', 'image/png'],
    video: ['mp4', 'video/mp4'],
    voice: ['amr', 'audio/amr'],
    thumb: ['jpg', 'image/jpeg'],
  }[type]
  assert.ok(extension && contentType)
  return stage.simulator.world.media.add('shop', type, { bytes, extension, contentType, seconds: 0 }).id
}

function plan(stage: Stage, fault: ApiFault, path: string, times = 1) {
  stage.simulator.world.faults.add({ target: 'api', fault, path, times })
}

async function act(stage: Stage, action: Parameters<Stage['simulator']['act']>[2]) {
  const acted = stage.simulator.act('shop', 'wang', action)
  assert.ok(acted.kind === 'acted')
  await acted.done
}

async function opened(stage: Stage, mediaId: string, form?: 'playable') {
  const found = await stage.server.channel.media.open(stage.organizationId, mediaId, form)
  if (found?.state !== 'stored') return found
  const chunks: Buffer[] = []
  for await (const chunk of found.bytes) chunks.push(Buffer.from(chunk))
  return { state: found.state, contentType: found.contentType, bytes: Buffer.concat(chunks) }
}
const settledMedia = (stage: Stage, mediaId: string) =>
  eventually(async () => {
    const found = await opened(stage, mediaId)
    return found?.state === 'pending' ? null : found
  })

test('F44: a picture is fetched at once and kept, also after WeChat has dropped it', options, async () => {
  await using stage = await setStage(connection)
  const upstreamId = give(stage, 'image', png)
  await act(stage, { type: 'image', mediaId: upstreamId })
  const [received] = await stage.of('message.received')
  const mediaId = received?.facts.mediaIds?.[0] ?? ''
  assert.deepEqual(received?.personal?.content, { type: 'image', mediaId })
  const stored = await settledMedia(stage, mediaId)
  stage.simulator.world.media.expire('shop', upstreamId)
  assert.deepEqual(stored, { state: 'stored', contentType: 'image/png', bytes: png })
  assert.deepEqual(await opened(stage, mediaId), stored)
  assert.deepEqual(stage.server.errors, [])
})

test(
  'a voice is made playable when it is fetched; the original stays, and what is no whole voice comes as it is',
  options,
  async () => {
    await using stage = await setStage(connection)
    const broken = amr.subarray(0, amr.length - 5)
    for (const bytes of [amr, broken]) {
      await act(stage, { type: 'voice', mediaId: give(stage, 'voice', bytes) })
    }
    const [whole = '', cut = ''] = (await stage.of('message.received')).flatMap(({ facts }) => facts.mediaIds ?? [])
    assert.deepEqual(await settledMedia(stage, whole), { state: 'stored', contentType: 'audio/amr', bytes: amr })
    const rows = await eventually(async () => {
      const { rows } = await stage.server.database.withWorker((tx) =>
        tx.query<{ media_id: string }>({
          text: 'select media_id from media where org_id = $1 and playable_sha256 is not null',
          values: [stage.organizationId],
        }),
      )
      return rows.length === 0 ? null : rows
    })
    assert.deepEqual(rows, [{ media_id: whole }])
    const heard = await opened(stage, whole, 'playable')
    assert.ok(heard?.state === 'stored' && 'bytes' in heard && Buffer.isBuffer(heard.bytes))
    assert.deepEqual([heard.contentType, heard.bytes.toString('latin1', 0, 4)], ['audio/wav', 'RIFF'])
    await settledMedia(stage, cut)
    assert.deepEqual(await opened(stage, cut, 'playable'), { state: 'stored', contentType: 'audio/amr', bytes: broken })
    assert.deepEqual(stage.server.errors, [])
  },
)

test('F44: a video is fetched from where WeChat points, with its thumbnail', options, async () => {
  await using stage = await setStage(connection)
  await act(stage, { type: 'video', mediaId: give(stage, 'video', mp4), thumbMediaId: give(stage, 'thumb', jpg) })
  const [received] = await stage.of('message.received')
  const [video = '', thumb = ''] = received?.facts.mediaIds ?? []
  assert.deepEqual(await settledMedia(stage, video), { state: 'stored', contentType: 'video/mp4', bytes: mp4 })
  assert.deepEqual(await settledMedia(stage, thumb), { state: 'stored', contentType: 'image/jpeg', bytes: jpg })
})

test(
  'F44: a failing download or a page instead of the file is tried again until the file is there',
  options,
  async () => {
    const clock = { now: Date.now() }
    await using stage = await setStage(connection, { isDriven: true, nowMs: () => clock.now })
    const faults: ApiFault[] = [
      { kind: 'html', status: 200 },
      { kind: 'html', status: 502 },
      { kind: 'cut', when: 'in-answer' },
      { kind: 'errcode', errcode: -1 },
    ]
    for (const fault of faults) plan(stage, fault, getPath)
    await act(stage, { type: 'image', mediaId: give(stage, 'image', png) })
    const [received] = await stage.of('message.received')
    const mediaId = received?.facts.mediaIds?.[0] ?? ''
    await eventually(() => (stage.calls(getPath) > 0 ? true : null))
    const { fetcher } = stage.server.channel
    for (let tries = 0; tries < 10 && (await opened(stage, mediaId))?.state === 'pending'; tries += 1) {
      clock.now += 600_000
      await fetcher.poll()
    }
    assert.equal((await opened(stage, mediaId))?.state, 'stored')
  },
)

test('F44: what could not be fetched in three days is expired, and the chat goes on', options, async () => {
  const clock = { now: Date.now() }
  await using stage = await setStage(connection, { isDriven: true, nowMs: () => clock.now })
  plan(stage, { kind: 'errcode', errcode: 45009 }, getPath, 1_000)
  await act(stage, { type: 'image', mediaId: give(stage, 'image', png) })
  const [received] = await stage.of('message.received')
  const mediaId = received?.facts.mediaIds?.[0] ?? ''
  for (let hour = 0; hour < 71; hour += 1) {
    clock.now += 3_600_000
    await stage.server.channel.fetcher.poll()
  }
  assert.equal((await opened(stage, mediaId))?.state, 'pending')
  assert.ok(stage.calls(getPath) <= 90)
  clock.now += 2 * 3_600_000
  await stage.server.channel.fetcher.poll()
  assert.equal((await opened(stage, mediaId))?.state, 'expired')
  assert.equal((await stage.of('message.received')).length, 1)
})

test('F44: a file that WeChat no longer has is expired at once', options, async () => {
  await using stage = await setStage(connection)
  plan(stage, { kind: 'errcode', errcode: 40007 }, getPath)
  await act(stage, { type: 'image', mediaId: give(stage, 'image', png) })
  const [received] = await stage.of('message.received')
  assert.deepEqual(await settledMedia(stage, received?.facts.mediaIds?.[0] ?? ''), { state: 'expired' })
})

test(
  'F57: a picture an agent sends is uploaded once, also when the upload is cut and the picture sent again',
  options,
  async () => {
    await using stage = await setStage(connection)
    await stage.write('你好')
    const { media } = stage.server.channel
    const upload = () => media.upload(stage.organizationId, { name: 'a.png', contentType: 'text/html', bytes: png })
    const [one, two] = [await upload(), await upload()]
    assert.equal(one.contentType, 'image/png')
    plan(stage, { kind: 'cut', when: 'before' }, uploadPath)
    const ids = [
      await stage.answer({ type: 'image', mediaId: one.id }),
      await stage.answer({ type: 'image', mediaId: two.id }),
      await stage.answer({ type: 'image', mediaId: one.id }),
    ]
    for (const id of ids) assert.equal(await stage.outcomeOf(id), 'accepted')
    assert.deepEqual(stage.phone(), ['image', 'image', 'image'])
    assert.equal(stage.calls(uploadPath), 2)
    const stored = stage.simulator.world.journal.calls().filter((call) => call.path === uploadPath && call.recorded)
    assert.equal(stored.length, 1)
  },
)

test('F57: a picture that WeChat has dropped is uploaded again', options, async () => {
  await using stage = await setStage(connection)
  await stage.write('你好')
  const { id } = await stage.server.channel.media.upload(stage.organizationId, {
    name: '',
    contentType: '',
    bytes: png,
  })
  assert.equal(await stage.outcomeOf(await stage.answer({ type: 'image', mediaId: id })), 'accepted')
  plan(stage, { kind: 'errcode', errcode: 40007 }, '/cgi-bin/message/custom/send')
  assert.equal(await stage.outcomeOf(await stage.answer({ type: 'image', mediaId: id })), 'accepted')
  assert.equal(stage.calls(uploadPath), 2)
})

test('an answer whose file WeChat does not take is refused with its code and holds nobody back', options, async () => {
  await using stage = await setStage(connection)
  await stage.write('你好')
  const { id } = await stage.server.channel.media.upload(stage.organizationId, {
    name: '',
    contentType: '',
    bytes: png,
  })
  plan(stage, { kind: 'errcode', errcode: 40005 }, uploadPath)
  const [picture, text] = [await stage.answer({ type: 'image', mediaId: id }), await stage.answer('在')]
  assert.equal(await stage.outcomeOf(picture), 'refused 40005')
  assert.equal(await stage.outcomeOf(text), 'accepted')
})

test('only what WeChat carries is taken from an agent, by its bytes', options, async () => {
  await using stage = await setStage(connection)
  const upload = (bytes: Buffer) =>
    stage.server.channel.media.upload(stage.organizationId, { name: 'a.png', contentType: 'image/png', bytes })
  await assert.rejects(upload(Buffer.from('<svg onload="alert(1)">')), { code: 'unsupported_media_type' })
  await assert.rejects(upload(Buffer.from('%PDF-1.7')), { code: 'unsupported_media_type' })
  await assert.rejects(upload(Buffer.concat([png, Buffer.alloc(11 * 1024 * 1024)])), { code: 'payload_too_large' })
})

test('files lie below their organization, readable by the server alone', options, async () => {
  await using stage = await setStage(connection)
  const { id } = await stage.server.channel.media.upload(stage.organizationId, {
    name: '',
    contentType: '',
    bytes: png,
  })
  assert.ok(id)
  const folder = join(stage.mediaFolder, stage.organizationId)
  const [prefix = ''] = readdirSync(folder)
  const [name = ''] = readdirSync(join(folder, prefix))
  assert.deepEqual([prefix.length, name.length, name.startsWith(prefix)], [2, 64, true])
  assert.deepEqual(readFileSync(join(folder, prefix, name)), png)
  assert.equal(statSync(join(folder, prefix, name)).mode & 0o077, 0)
})

test('a file that takes long to go up holds back its own conversation and no other', options, async () => {
  await using stage = await setStage(connection)
  await stage.write('你好')
  const [other = ''] = await stage.crowd(1)
  const { id } = await stage.server.channel.media.upload(stage.organizationId, {
    name: '',
    contentType: '',
    bytes: png,
  })
  plan(stage, { kind: 'delay', ms: 1_500 }, uploadPath)
  const picture = await stage.answer({ type: 'image', mediaId: id })
  const behind = await stage.answer('behind it')
  assert.equal(await stage.outcomeOf(await stage.answer('to somebody else', other)), 'accepted')
  assert.deepEqual(stage.phone(), [])
  assert.equal(await stage.outcomeOf(picture), 'accepted')
  assert.equal(await stage.outcomeOf(behind), 'accepted')
  assert.deepEqual(stage.phone(), ['image', 'behind it'])
})
