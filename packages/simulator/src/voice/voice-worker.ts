import { createRequire } from 'node:module'
import { parentPort } from 'node:worker_threads'
import type { VoiceJob, VoiceResult } from './voice-codec.ts'

/** What the codec, written for a browser's worker, says and hears. */
interface CodecMessage {
  command: 'encode' | 'decode'
  amr: Uint8Array | Float32Array | null
}

interface CodecWorker {
  onmessage: ((event: { data: Record<string, unknown> }) => void) | null
  postMessage(message: CodecMessage): void
}

const require = createRequire(import.meta.url)
let answered: CodecMessage | undefined
const self: CodecWorker = {
  onmessage: null,
  postMessage(message) {
    answered = message
  },
}
Object.assign(globalThis, { self })
// The module is plain JavaScript without types: one function that sets self.onmessage.
const startCodec = require('benz-amr-recorder/src/amrnb.js') as () => void
startCodec()

parentPort?.on('message', (job: VoiceJob) => {
  parentPort?.postMessage(run(job))
})

function run(job: VoiceJob): VoiceResult {
  answered = undefined
  try {
    const data =
      job.kind === 'encode'
        ? { command: 'encode', samples: job.samples, sampleRate: 8000 }
        : { command: 'decode', buffer: job.amr }
    self.onmessage?.({ data })
    // The callback above has run by now; the compiler cannot see that.
    const made = (answered as CodecMessage | undefined)?.amr
    if (made instanceof Uint8Array) return { id: job.id, kind: 'amr', bytes: made }
    if (made instanceof Float32Array) return { id: job.id, kind: 'samples', samples: made }
    return { id: job.id, kind: 'failed', reason: 'the codec made nothing of it' }
  } catch (error) {
    return { id: job.id, kind: 'failed', reason: String(error) }
  }
}
