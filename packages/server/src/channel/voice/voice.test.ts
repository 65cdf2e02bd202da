import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isWholeAmr } from './amr-frames.ts'
import { toWav } from './to-wav.ts'

/** A second of silence: frames of 12.2 kbit/s as an encoder begins them. */
const frame = Buffer.concat([
  Buffer.from([0x3c]),
  Buffer.from('08555858010000000000000000000000000000000000000000000000000000', 'hex'),
])
const second = Buffer.concat([Buffer.from('#!AMR\n'), ...Array.from({ length: 50 }, () => frame)])

test('a voice becomes a wave of its length', async () => {
  const wav = await toWav(second)
  assert.ok(wav !== null)
  const bytes = Buffer.from(wav)
  assert.equal(bytes.toString('latin1', 0, 4) + bytes.toString('latin1', 8, 15), 'RIFFWAVEfmt')
  assert.equal(bytes.readUInt32LE(24), 8_000)
  assert.equal(bytes.readUInt32LE(40), bytes.length - 44)
  assert.ok(Math.abs((bytes.length - 44) / 16_000 - 1) < 0.05, `${bytes.length} bytes`)
})

test('what is cut off, made up or of another kind is left as it is', async () => {
  const refused = {
    empty: Buffer.alloc(0),
    'a head alone': Buffer.from('#!AMR\n'),
    'half a frame': second.subarray(0, second.length - 7),
    'a byte too many': Buffer.concat([second, Buffer.from([0x3c])]),
    'a reserved frame type': Buffer.concat([Buffer.from('#!AMR\n'), Buffer.alloc(40, 0x4c)]),
    'wide band': Buffer.concat([Buffer.from('#!AMR-WB\n'), frame]),
    noise: Buffer.concat([Buffer.from('#!AMR\n'), Buffer.alloc(5_000, 0xff)]),
    'a page': Buffer.from('<html>'),
    'an hour': Buffer.concat([Buffer.from('#!AMR\n'), ...Array.from({ length: 180_000 }, () => Buffer.from([0x7c]))]),
  }
  for (const [name, bytes] of Object.entries(refused)) {
    assert.equal(isWholeAmr(bytes), false, name)
    assert.equal(await toWav(bytes), null, name)
  }
})

test('frames with any bits in them are decoded or refused, and never hold anything up', async () => {
  const wild = Buffer.concat([
    Buffer.from('#!AMR\n'),
    ...Array.from({ length: 200 }, (_, at) => Buffer.concat([Buffer.from([0x3c]), Buffer.alloc(31, (at * 37) % 256)])),
  ])
  assert.equal(isWholeAmr(wild), true)
  const wav = await toWav(wild)
  assert.ok(wav === null || wav.length > 44)
})
