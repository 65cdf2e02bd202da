import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

type Answer = { readonly amr: Float32Array | null }
type Self = {
  onmessage: ((event: { data: { command: 'decode'; buffer: Uint8Array } }) => void) | null
  postMessage(answer: Answer): void
}

// OpenCORE's decoder as JavaScript, written for a browser's worker: it hears and answers through `self`.
const self: Self = {
  onmessage: null,
  postMessage: ({ amr }) => parentPort?.postMessage(amr),
}
Object.assign(globalThis, { self })
// It has no types: one function that sets self.onmessage.
const start = createRequire(import.meta.url)('benz-amr-recorder/src/amrnb.js') as () => void
start()
// The thread is started with these bytes.
self.onmessage?.({ data: { command: 'decode', buffer: workerData as Uint8Array } })
