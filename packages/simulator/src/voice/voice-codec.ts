import { Worker } from 'node:worker_threads'

export type VoiceJob =
  | { id: number; kind: 'encode'; samples: Float32Array }
  | { id: number; kind: 'decode'; amr: Uint8Array }

export type VoiceResult =
  | { id: number; kind: 'amr'; bytes: Uint8Array }
  | { id: number; kind: 'samples'; samples: Float32Array }
  | { id: number; kind: 'failed'; reason: string }

/**
 * AMR-NB both ways, in a thread of its own: the codec is a megabyte of compiled C that needs a moment to start and
 * would otherwise hold up pushes. Started with the first voice, never before.
 */
export class VoiceCodec {
  #worker: Worker | undefined
  #lastId = 0
  readonly #waiting = new Map<number, (result: VoiceResult) => void>()

  async toAmr(samples: Float32Array): Promise<Uint8Array> {
    const result = await this.#ask({ kind: 'encode', samples })
    if (result.kind === 'amr') return result.bytes
    throw new Error(result.kind === 'failed' ? result.reason : 'no AMR')
  }

  async toSamples(amr: Uint8Array): Promise<Float32Array> {
    const result = await this.#ask({ kind: 'decode', amr })
    if (result.kind === 'samples') return result.samples
    throw new Error(result.kind === 'failed' ? result.reason : 'no samples')
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
    this.#worker = undefined
  }

  #ask(job: { kind: 'encode'; samples: Float32Array } | { kind: 'decode'; amr: Uint8Array }): Promise<VoiceResult> {
    this.#worker ??= this.#start()
    const id = ++this.#lastId
    const result = new Promise<VoiceResult>((resolve) => this.#waiting.set(id, resolve))
    this.#worker.postMessage({ ...job, id })
    return result
  }

  #start(): Worker {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const worker = new Worker(new URL(`./voice-worker.${extension}`, import.meta.url))
    worker.on('message', (result: VoiceResult) => this.#settle(result))
    worker.on('error', (error) => this.#fail(String(error)))
    worker.on('exit', () => this.#fail('the codec has ended'))
    worker.unref()
    return worker
  }

  #settle(result: VoiceResult): void {
    this.#waiting.get(result.id)?.(result)
    this.#waiting.delete(result.id)
  }

  #fail(reason: string): void {
    this.#worker = undefined
    for (const [id, resolve] of this.#waiting) resolve({ id, kind: 'failed', reason })
    this.#waiting.clear()
  }
}
