import { Worker } from 'node:worker_threads'
import { isWholeAmr } from './amr-frames.ts'

const rate = 8_000
const withinMs = 15_000

/**
 * WeChat's voices are AMR, which no browser plays: the same as a wave. Null for what is no whole AMR-NB or cannot be decoded.
 * Each is decoded in a thread of its own with a bound on time and memory, so that no file can hold the server up.
 */
export async function toWav(amr: Uint8Array): Promise<Uint8Array | null> {
  if (!isWholeAmr(amr)) return null
  const samples = await decode(amr)
  return samples === null || samples.length === 0 ? null : waveOf(samples)
}

async function decode(amr: Uint8Array): Promise<Float32Array | null> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./decode-worker.${extension}`, import.meta.url), {
    workerData: new Uint8Array(amr),
    resourceLimits: { maxOldGenerationSizeMb: 192 },
    stdout: true,
    stderr: true,
  })
  const timer = setTimeout(() => void worker.terminate(), withinMs)
  try {
    return await new Promise((resolve) => {
      worker.once('message', (samples: unknown) => resolve(samples instanceof Float32Array ? samples : null))
      worker.once('error', () => resolve(null))
      worker.once('exit', () => resolve(null))
    })
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}

/** 16 bits, one channel. */
function waveOf(samples: Float32Array): Uint8Array {
  const bytes = Buffer.alloc(44 + samples.length * 2)
  bytes.write('RIFF', 0, 'latin1')
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.write('WAVEfmt ', 8, 'latin1')
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(rate, 24)
  bytes.writeUInt32LE(rate * 2, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36, 'latin1')
  bytes.writeUInt32LE(samples.length * 2, 40)
  for (const [at, sample] of samples.entries()) {
    bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), 44 + at * 2)
  }
  return bytes
}
