import type { ErrorCode } from './errors.ts'

/** An RFC 9457 problem document as every interface of ours sends it. */
export type Problem = {
  readonly type: string
  readonly status: number
  readonly title: string
  readonly detail?: string
  readonly code: ErrorCode
  readonly whatToDo: string
  readonly retryable: boolean
  readonly traceId?: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
  /** Who holds the conversation, when that is the reason. */
  readonly holder?: unknown
}
