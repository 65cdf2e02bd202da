import type { ErrorCode, Problem } from '@duoke/contract'

/** The server's stable codes, and what can go wrong before there is an answer of the server. */
export type DuokeErrorCode = ErrorCode | 'network_failed' | 'timed_out' | 'unreadable_answer'

type Details = {
  status?: number
  problem?: Problem
  retryable: boolean
  retryAfterMs?: number
  cause?: unknown
}

/** Every failure of a call: `code` to act on, `problem` (RFC 9457) to show, `retryable` when the same call may succeed later. */
export class DuokeError extends Error {
  readonly code: DuokeErrorCode
  readonly status: number | undefined
  readonly problem: Problem | undefined
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined

  constructor(code: DuokeErrorCode, message: string, details: Details) {
    super(message, { cause: details.cause })
    this.name = 'DuokeError'
    this.code = code
    this.status = details.status
    this.problem = details.problem
    this.retryable = details.retryable
    this.retryAfterMs = details.retryAfterMs
  }
}

export function networkFailed(cause: unknown): DuokeError {
  return new DuokeError('network_failed', 'The server could not be reached.', { retryable: true, cause })
}

export function timedOut(timeoutMs: number): DuokeError {
  return new DuokeError('timed_out', `No answer within ${timeoutMs} ms.`, { retryable: true })
}

const passingStatuses = new Set([408, 425, 429, 500, 502, 503, 504])

/** Turns an answer that is no success into an error. A proxy in between may answer without a problem document. */
export async function refusalOf(response: Response, nowMs: number): Promise<DuokeError> {
  const retryAfterMs = retryAfterOf(response.headers.get('retry-after'), nowMs)
  const problem = problemOf(await response.text().catch(() => ''))
  if (problem === undefined) {
    const retryable = passingStatuses.has(response.status)
    const message = `The server answered ${response.status} without a problem document.`
    return new DuokeError('unreadable_answer', message, { status: response.status, retryable, retryAfterMs })
  }
  const message = problem.detail ?? problem.title
  const { retryable } = problem
  return new DuokeError(problem.code, message, { status: response.status, problem, retryable, retryAfterMs })
}

function problemOf(text: string): Problem | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return isProblem(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'retryable' in value &&
    typeof value.retryable === 'boolean'
  )
}

/** Seconds or an HTTP date (RFC 9110, section 10.2.3). */
export function retryAfterOf(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header.trim()) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
}
