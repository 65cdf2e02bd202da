import { backoffMs } from './backoff.ts'
import { DuokeError, networkFailed, refusalOf, timedOut } from './duoke-error.ts'
import type { Ports } from './ports.ts'

export type Connection = {
  readonly baseUrl: string
  readonly token: string | undefined
  readonly timeoutMs: number
  readonly maxRetries: number
  readonly ports: Ports
}

export type CallOptions = {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  readonly maxRetries?: number
  /** For calls that change something; the client makes one when none is given, and keeps it over its own retries. */
  readonly idempotencyKey?: string
  readonly headers?: Readonly<Record<string, string>>
}

export type PreparedRequest = CallOptions & {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, unknown>>
  readonly json?: unknown
  readonly form?: FormData
  /** A body that is one file, with its type. */
  readonly file?: Blob
}

const retryLimits = { baseMs: 300, capMs: 8_000 } as const
/** A server that asks for a longer pause has a person to tell, not a program to make wait. */
const longestPauseMs = 20_000

/** Sends until there is an answer worth having. Every attempt of a change carries the same key, so that it happens once. */
export async function sendRequest<T>(
  connection: Connection,
  request: PreparedRequest,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const maxRetries = request.maxRetries ?? connection.maxRetries
  const isRead = request.method === 'GET'
  const idempotencyKey = isRead ? undefined : (request.idempotencyKey ?? connection.ports.newId())
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await attemptOnce(connection, request, idempotencyKey, read)
    } catch (error) {
      if (!(error instanceof DuokeError) || !error.retryable || attempt >= maxRetries) throw error
      const pauseMs = error.retryAfterMs ?? backoffMs(attempt, retryLimits, connection.ports.random())
      if (pauseMs > longestPauseMs) throw error
      await pause(connection.ports, pauseMs, request.signal)
    }
  }
}

async function attemptOnce<T>(
  connection: Connection,
  request: PreparedRequest,
  idempotencyKey: string | undefined,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const timeoutMs = request.timeoutMs ?? connection.timeoutMs
  const abort = new AbortController()
  const passOn = () => abort.abort(request.signal?.reason)
  if (request.signal?.aborted) throw request.signal.reason
  request.signal?.addEventListener('abort', passOn, { once: true })
  const cancel = connection.ports.schedule(timeoutMs, () => abort.abort(timedOut(timeoutMs)))
  try {
    const response = await connection.ports.fetch(addressOf(connection, request), {
      method: request.method,
      headers: headersOf(connection, request, idempotencyKey),
      body: request.form ?? request.file ?? (request.json === undefined ? undefined : JSON.stringify(request.json)),
      signal: abort.signal,
      credentials: 'same-origin',
    })
    if (response.ok) return await read(response)
    throw await refusalOf(response, connection.ports.nowMs())
  } catch (error) {
    if (error instanceof DuokeError) throw error
    if (abort.signal.aborted) throw abort.signal.reason
    throw networkFailed(error)
  } finally {
    cancel()
    request.signal?.removeEventListener('abort', passOn)
  }
}

function headersOf(connection: Connection, request: PreparedRequest, idempotencyKey: string | undefined): Headers {
  const headers = new Headers({ accept: 'application/json, application/problem+json' })
  if (request.json !== undefined) headers.set('content-type', 'application/json')
  if (connection.token !== undefined) headers.set('authorization', `Bearer ${connection.token}`)
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey)
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value)
  return headers
}

export function addressOf(
  connection: Pick<Connection, 'baseUrl'>,
  request: Pick<PreparedRequest, 'path' | 'query'>,
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined && value !== null) query.set(name, String(value))
  }
  const text = query.toString()
  return `${connection.baseUrl}${request.path}${text === '' ? '' : `?${text}`}`
}

export function pause(ports: Ports, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = ports.schedule(delayMs, () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
    signal?.addEventListener('abort', stop, { once: true })
  })
}
