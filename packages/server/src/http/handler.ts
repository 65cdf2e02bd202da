import type { Readable } from 'node:stream'
import type { Body, OperationId, operations, Params, Query, Response } from '@duoke/contract'
import type { Caller } from './caller.ts'

type Declared<O extends OperationId> = (typeof operations)[O]

/** A file from a multipart body, whole: what WeChat takes is at most a few megabytes. */
export type Upload = { readonly name: string; readonly contentType: string; readonly bytes: Buffer }

export type OperationRequest<O extends OperationId> = {
  readonly caller: Declared<O>['scope'] extends null ? Caller | null : Caller
  readonly params: Params<O>
  readonly query: Query<O>
  readonly body: Body<O>
  readonly upload: Declared<O> extends { upload: true } ? Upload : undefined
  /** The file that an operation takes, as it arrives. */
  readonly incoming: Declared<O> extends { takes: string } ? Readable : undefined
  /** Key under which the log carries the command out once; undefined when the client gave none. */
  readonly retryKey: string | undefined
  readonly ip: string
  readonly userAgent: string
  /** Media type that the client prefers, of those that an operation may answer. */
  readonly accept: string
  /** `Last-Event-ID`: where a browser's event source goes on by itself. */
  readonly lastEventId: string | undefined
  /** Aborts when the client has gone or the server stops. */
  readonly signal: AbortSignal
}

type Extras = {
  readonly headers?: Readonly<Record<string, string>>
  /** Sets the session cookie, or clears it. */
  readonly cookie?: { readonly token: string; readonly maxAgeSeconds: number } | 'clear'
}
type CursorOf<O extends OperationId> = Declared<O> extends { snapshot: true } ? { readonly cursor: string } : unknown
type JsonAnswer<O extends OperationId> = { readonly body: Response<O> } & CursorOf<O> & Extras

export type FileAnswer = {
  readonly file: Readable | Buffer
  readonly contentType: string
  readonly headers?: Readonly<Record<string, string>>
}
/** The file is on another origin, at an address that works for a while. */
export type RedirectAnswer = { readonly redirect: string }
export type StreamAnswer = { readonly stream: AsyncIterable<string>; readonly contentType: string }

/** What a handler gives back: exactly what its declaration promises. */
export type Answer<O extends OperationId> =
  Declared<O> extends { binary: true }
    ? FileAnswer | RedirectAnswer
    : Declared<O> extends { response: object }
      ? JsonAnswer<O> | (O extends 'listEvents' ? StreamAnswer : never)
      : Extras

export type Handler<O extends OperationId> = (request: OperationRequest<O>) => Promise<Answer<O>>

/** Every operation has its handler; a missing one does not compile. */
export type Handlers = { readonly [O in OperationId]: Handler<O> }
