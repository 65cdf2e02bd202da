import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkMediaFile, type MediaType } from './media-files.ts'

const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex')
const JPG = Buffer.from('ffd8ffe000104a46', 'hex')
const MP4 = Buffer.from('000000186674797069736f6d', 'hex')
const AMR_SECOND = Buffer.concat(
  Array.from({ length: 50 }, () => Buffer.concat([Buffer.from([0x3c]), Buffer.alloc(31)])),
)
/** MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes and 26.122 ms a frame. */
const MP3_FRAME = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(413)])

function amr(seconds: number): Buffer {
  return Buffer.concat([Buffer.from('#!AMR\n'), ...Array.from({ length: seconds }, () => AMR_SECOND)])
}

function padded(head: Buffer, bytes: number): Buffer {
  return Buffer.concat([head, Buffer.alloc(bytes - head.length)])
}

const MB = 1024 * 1024
const REFUSED: [string, MediaType, Buffer, number][] = [
  ['an empty file', 'image', Buffer.alloc(0), 44001],
  ['a text as a picture', 'image', Buffer.from('<svg onload=alert(1)>'), 40005],
  ['a picture as a voice', 'voice', PNG, 40005],
  ['a PNG as a thumb', 'thumb', PNG, 40005],
  ['a picture over 10 MB', 'image', padded(PNG, 10 * MB + 1), 40009],
  ['a voice over 2 MB', 'voice', padded(MP3_FRAME, 2 * MB + 1), 40010],
  ['a video over 10 MB', 'video', padded(MP4, 10 * MB + 1), 40011],
  ['a thumb over 64 KB', 'thumb', padded(JPG, 64 * 1024 + 1), 40012],
  ['a voice of 61 seconds', 'voice', amr(61), 45007],
]

for (const [name, type, bytes, errcode] of REFUSED) {
  test(`${name} is refused with ${errcode}`, () => {
    assert.deepEqual(checkMediaFile(type, bytes), { kind: 'refused', errcode })
  })
}

test('files are known by content and voices by their frames', () => {
  const sizes = [
    checkMediaFile('image', padded(PNG, 10 * MB)),
    checkMediaFile('thumb', padded(JPG, 64 * 1024)),
    checkMediaFile('video', MP4),
  ].map((checked) => checked.kind)
  assert.deepEqual(sizes, ['file', 'file', 'file'])
  const voice = checkMediaFile('voice', amr(60))
  assert.equal(voice.kind === 'file' && voice.file.seconds, 60)
  const song = checkMediaFile('voice', Buffer.concat(Array.from({ length: 100 }, () => MP3_FRAME)))
  assert.ok(song.kind === 'file' && Math.abs(song.file.seconds - 2.6122) < 0.001)
})
