import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkMediaFile } from '../model/media-files.ts'
import { VoiceCodec } from './voice-codec.ts'
import { readWave, writeWave } from './wave-file.ts'

function hum(seconds: number): Float32Array {
  return Float32Array.from({ length: seconds * 8_000 }, (_, at) => 0.4 * Math.sin((2 * Math.PI * 220 * at) / 8_000))
}

function loudness(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
}

test('a hum survives AMR with its length and loudness, and is a voice that WeChat takes', async () => {
  const codec = new VoiceCodec()
  try {
    const amr = await codec.toAmr(hum(2))
    const checked = checkMediaFile('voice', amr)
    assert.equal(checked.kind, 'file')
    if (checked.kind === 'file') assert.ok(Math.abs(checked.file.seconds - 2) < 0.1)
    const heard = await codec.toSamples(amr)
    assert.ok(Math.abs(heard.length / 8_000 - 2) < 0.1)
    assert.ok(Math.abs(loudness(heard) - loudness(hum(2))) < 0.1)
  } finally {
    await codec.close()
  }
})

test('a wave is read as it was written, and nothing else is read as one', () => {
  const samples = hum(1)
  const back = readWave(writeWave(samples))
  assert.equal(back?.length, samples.length)
  assert.ok(Math.abs((back[100] ?? 0) - (samples[100] ?? 0)) < 0.001)
  assert.equal(readWave(new Uint8Array(10)), undefined)
  assert.equal(readWave(Buffer.alloc(100, 'RIFF')), undefined)
})
