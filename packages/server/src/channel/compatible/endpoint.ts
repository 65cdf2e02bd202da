import type { Scope } from '@duoke/contract'
import type { CompatibleAnswer } from './answer.ts'
import type { Call, Caller } from './call.ts'

type Common = {
  readonly path: string
  readonly method: 'GET' | 'POST' | 'either'
  /** The largest body it takes. */
  readonly bodyLimitBytes?: number
}

/** Called without a token: the app says who it is by appid and secret. */
export type OpenEndpoint = Common & {
  readonly auth: 'none'
  run(call: Call): Promise<CompatibleAnswer>
}

export type TokenEndpoint = Common & {
  readonly auth: 'token'
  /** One of these scopes lets a caller in; none at all: every app may. */
  readonly scopes: readonly Scope[]
  run(call: Call, caller: Caller): Promise<CompatibleAnswer>
}

/** One line of the table of paths. */
export type Endpoint = OpenEndpoint | TokenEndpoint
