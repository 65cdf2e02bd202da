import type { OperationId } from '@duoke/contract'
import { type Answer, CallPromise, PagePromise } from './answers.ts'
import type {
  BinaryOperation,
  Call,
  CallArguments,
  FileOperation,
  ItemOf,
  List,
  PagedOperation,
  Result,
} from './calls.ts'
import { DuokeError } from './duoke-error.ts'
import { ordinaryPorts, type Ports, type SocketConstructor } from './ports.ts'
import { routeOf } from './routes.ts'
import { type CallOptions, type Connection, sendRequest } from './send-request.ts'
import type { EventsOptions } from './stream/events-options.ts'
import { followEvents } from './stream/follow-events.ts'
import { openStream, type Stream, type StreamOptions } from './stream/open-stream.ts'
import { type Surface, surfaceOf } from './surface.ts'

export type ClientOptions = {
  /** The server's origin, with a path when it stands behind one. In a browser the page's own origin is the default. */
  readonly baseUrl?: string
  /** A bearer token. Browsers that signed in use the cookie instead. */
  readonly token?: string
  readonly fetch?: typeof fetch
  /** For Node 20, which has none of its own: the class `WebSocket` of the package `ws`. */
  readonly WebSocket?: SocketConstructor
  /** For one attempt; 30 s unless told. */
  readonly timeoutMs?: number
  /** 2 unless told. */
  readonly maxRetries?: number
  /** Clock, randomness and timers, for tests. */
  readonly ports?: Partial<Ports>
}

export type Client = Surface & {
  /** Any operation of the interface by its name. */
  readonly call: Call
  /** Any list of the interface: awaitable page by page, iterable item by item. */
  readonly list: List
  /** The event log from a cursor (or from now on), each event once and in order, over every loss of the connection. */
  events(options?: EventsOptions): ReturnType<typeof followEvents>
  /** The socket as a console uses it: frames instead of events, with list changes, typing and who is looking. */
  stream(options: StreamOptions): Stream
  /** Where a file can be fetched by a browser that is signed in. */
  mediaUrl(mediaId: string, form?: 'original' | 'playable'): string
}

export function createClient(options: ClientOptions = {}): Client {
  const connection = connectionOf(options)
  const call: Call = (operation, ...rest) => new CallPromise(perform(connection, operation, ...looseArguments(rest)))
  const list: List = <O extends PagedOperation>(operation: O, ...rest: CallArguments<O>) => {
    const [params, given] = looseArguments(rest)
    const from = typeof given.query?.['after'] === 'string' ? given.query['after'] : undefined
    return new PagePromise<ItemOf<O>>((after) => {
      const answer = perform(connection, operation, params, { ...given, query: { ...given.query, after } })
      // The operation is one of those that answer pages of these items.
      return answer as Promise<Answer<{ items: readonly ItemOf<O>[]; next: string | null }>>
    }, from)
  }
  return {
    ...surfaceOf(call, list, connection.ports.newId),
    call,
    list,
    events: (given = {}) => followEvents(connection, given),
    stream: (given) => openStream(connection, given),
    mediaUrl: (mediaId, form = 'original') =>
      `${connection.baseUrl}${routeOf('getMedia', { mediaId }).path}${form === 'playable' ? '?form=playable' : ''}`,
  }
}

function connectionOf(options: ClientOptions): Connection {
  const ports = { ...ordinaryPorts(options), ...options.ports }
  const page = globalThis.location as { origin?: string } | undefined // absent in Node
  const baseUrl = options.baseUrl ?? page?.origin
  if (baseUrl === undefined) throw new TypeError('createClient needs a baseUrl')
  return {
    baseUrl: baseUrl.replace(/\/+$/, ''),
    token: options.token,
    timeoutMs: options.timeoutMs ?? 30_000,
    maxRetries: options.maxRetries ?? 2,
    ports,
  }
}

type LooseOptions = CallOptions & { query?: Record<string, unknown>; body?: unknown; file?: Blob; fileName?: string }

/** Inside, operations are data; their exact types were checked at the call. */
function looseArguments(rest: readonly unknown[]): [Record<string, string>, LooseOptions] {
  const [params = {}, options = {}] = rest
  // `CallArguments` has checked both against the operation.
  return [params as Record<string, string>, options as LooseOptions]
}

async function perform<O extends OperationId>(
  connection: Connection,
  operation: O,
  params: Record<string, string>,
  { query, body, file, fileName, ...options }: LooseOptions,
): Promise<Answer<Result<O>>> {
  const carried = isFile(operation) ? { file: ofType(file, fileTypes[operation]) } : { form: formOf(file, fileName) }
  const request = { ...routeOf(operation, params), ...options, query, json: body, ...carried }
  return sendRequest(connection, request, async (response) => {
    // What the operation answers is the contract's word; the server's tests hold it to that.
    const data = (await readBody(operation, response)) as Result<O>
    return { data, status: response.status, cursor: response.headers.get('duoke-cursor') ?? undefined }
  })
}

function formOf(file: Blob | undefined, fileName: string | undefined): FormData | undefined {
  if (file === undefined) return undefined
  const form = new FormData()
  if (fileName === undefined) form.append('file', file)
  else form.append('file', file, fileName)
  return form
}

async function readBody(operation: OperationId, response: Response): Promise<unknown> {
  if (response.status === 204) return undefined
  if (isBinary(operation)) return response.blob()
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch (cause) {
    const { status } = response
    throw new DuokeError('unreadable_answer', 'The answer is not JSON.', { status, retryable: false, cause })
  }
}

/** Operations whose body is one file, and its type. */
const fileTypes: { readonly [O in FileOperation]: string } = { restoreBackup: 'application/gzip' }
function isFile(operation: OperationId): operation is FileOperation {
  return operation in fileTypes
}
function ofType(file: Blob | undefined, type: string): Blob | undefined {
  return file?.slice(0, file.size, type)
}

const binaryOperations: readonly BinaryOperation[] = ['getMedia', 'getBackup', 'exportArchive']
function isBinary(operation: OperationId): boolean {
  return binaryOperations.some((name) => name === operation)
}
