/** What the client needs of the world; tests give values of their own. */
export type Ports = {
  readonly fetch: typeof globalThis.fetch
  readonly nowMs: () => number
  /** 0 <= n < 1. */
  readonly random: () => number
  /** Calls back once, later; the answer takes it back. */
  readonly schedule: (delayMs: number, run: () => void) => () => void
  readonly newId: () => string
  readonly openSocket: ((url: string) => SocketLike) | undefined
  readonly watchDevice: (on: DeviceListener) => () => void
}

export type DeviceListener = { readonly wake: () => void; readonly lost: () => void }

/** The part of a WebSocket that we use; the browser's, Node's and the package `ws` all have it. */
export type SocketLike = {
  send(text: string): void
  close(code?: number): void
  onopen: ((event: never) => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
  onerror: ((event: never) => void) | null
}
export type SocketConstructor = new (url: string) => SocketLike

export function ordinaryPorts(given: { fetch?: typeof fetch; WebSocket?: SocketConstructor }): Ports {
  // Node 20 has no WebSocket of its own, and the browser's has wider event types than we ask for.
  const Socket = given.WebSocket ?? (globalThis.WebSocket as unknown as SocketConstructor | undefined)
  const own = given.fetch
  return {
    // Called as a plain function: a browser's fetch refuses any other `this`.
    fetch: own ?? ((input, init) => globalThis.fetch(input, init)),
    nowMs: () => Date.now(),
    random: () => Math.random(),
    schedule: (delayMs, run) => {
      const timer = setTimeout(run, delayMs)
      return () => clearTimeout(timer)
    },
    newId,
    openSocket: Socket === undefined ? undefined : (url) => new Socket(url),
    watchDevice,
  }
}

/** `crypto.randomUUID` exists only on https pages; a console in a company's own network may be served over http. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A laptop that was opened again or a network that came back is worth an attempt at once. */
function watchDevice(on: DeviceListener): () => void {
  if (typeof globalThis.addEventListener !== 'function' || typeof document === 'undefined') return () => {}
  const seen = () => {
    if (document.visibilityState === 'visible') on.wake()
  }
  globalThis.addEventListener('online', on.wake)
  globalThis.addEventListener('offline', on.lost)
  document.addEventListener('visibilitychange', seen)
  return () => {
    globalThis.removeEventListener('online', on.wake)
    globalThis.removeEventListener('offline', on.lost)
    document.removeEventListener('visibilitychange', seen)
  }
}
