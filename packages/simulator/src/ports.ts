/** Everything the simulator takes from outside comes through these ports, so that a test can run 48 hours in milliseconds. */

export interface Clock {
  nowMs(): number
  /** Runs once after the delay; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void
}

export interface RandomSource {
  bytes(count: number): Uint8Array
}

export interface HttpRequest {
  method: 'GET' | 'POST'
  url: string
  contentType?: string
  body?: string
  signal: AbortSignal
}

export interface HttpAnswer {
  status: number
  contentType: string
  body: Uint8Array
}

/** The way out: pushes to the developer's server and nothing else. */
export interface OutboundHttp {
  request(request: HttpRequest): Promise<HttpAnswer>
  close(): void
}

export interface Ports {
  clock: Clock
  random: RandomSource
  http: OutboundHttp
}

export function randomHex(random: RandomSource, characters: number): string {
  return Buffer.from(random.bytes(Math.ceil(characters / 2)))
    .toString('hex')
    .slice(0, characters)
}

/** Letters, digits, `-` and `_`, as WeChat's own ids and tokens look. */
export function randomToken(random: RandomSource, characters: number): string {
  return Buffer.from(random.bytes(characters)).toString('base64url').slice(0, characters)
}

export function toSeconds(ms: number): number {
  return Math.floor(ms / 1000)
}
