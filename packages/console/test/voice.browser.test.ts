import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

/** A second of a hum. */
function wave(): Buffer {
  const bytes = Buffer.alloc(44 + 16_000)
  bytes.write('RIFF\0\0\0\0WAVEfmt ', 0, 'latin1')
  bytes.writeUInt32LE(bytes.length - 8, 4)
  for (const [at, value] of [16, 0x00010001, 8_000, 16_000, 0x00100002].entries())
    bytes.writeUInt32LE(value, 16 + at * 4)
  bytes.write('data', 36, 'latin1')
  bytes.writeUInt32LE(16_000, 40)
  for (let at = 0; at < 8_000; at += 1) bytes.writeInt16LE(Math.round(9_000 * Math.sin(at / 6)), 44 + at * 2)
  return bytes
}

test('A voice plays in the page, with its duration, from the keyboard, and faster', async () => {
  await using server = await stage.serve()
  server.world.media.set('md_9', { type: 'audio/wav', bytes: wave() })
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  const player = desk.thread.locator('audio')
  await player.waitFor()
  const state = () =>
    player.evaluate((element: HTMLAudioElement) => ({
      lasts: Math.round(element.duration * 10) / 10,
      rate: element.playbackRate,
      at: element.currentTime,
    }))
  await until(async () => (await state()).lasts === 1)
  const speed = desk.button('播放速度 1 倍')
  await speed.press('Enter')
  await desk.button('播放速度 1.5 倍').waitFor()
  assert.equal((await state()).rate, 1.5)
  await player.focus()
  await desk.page.keyboard.press('Space')
  await until(async () => (await state()).at > 0.2)
  assert.deepEqual(await desk.violations(), [])
  assert.deepEqual(server.strays, [])
})

test('A voice that cannot be played can be fetched', async () => {
  await using server = await stage.serve()
  server.world.media.set('md_9', { type: 'audio/amr', bytes: Buffer.from('#!AMR\nbroken') })
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  const link = desk.thread.getByRole('link', { name: '下载语音' })
  await link.waitFor()
  assert.match((await link.getAttribute('href')) ?? '', /\/v1\/media\/md_9$/)
})
