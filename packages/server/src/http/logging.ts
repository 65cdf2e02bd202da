import { type DestinationStream, destination, type LevelWithSilent, type Logger, pino } from 'pino'

/**
 * One JSON object a line, on standard error: standard output is for what a command was asked for. Whatever may hold a secret is written nowhere: requests are logged without their query and
 * headers, errors without the values of a statement (N6). The stream is written to in the background, so that a blocked
 * pipe stops nobody (F83).
 */
export function createLogger(
  level: LevelWithSilent,
  to: DestinationStream = destination({ fd: 2, sync: false }),
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: {
        req: (request: { method?: string; url?: string }) => ({ method: request.method, path: pathOf(request.url) }),
        res: (response: { statusCode?: number }) => ({ status: response.statusCode }),
        err: describeError,
      },
    },
    to,
  )
}

function pathOf(url: string | undefined): string {
  return (url ?? '').split('?')[0] ?? ''
}

type Described = {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  readonly cause?: Described
}

/** Name, message and place of an error, and of what caused it; never its other fields, such as a statement's parameters. */
function describeError(thrown: unknown, depth = 0): Described {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: redacted(String(thrown)) }
  return {
    type: thrown.name,
    message: redacted(thrown.message),
    ...('code' in thrown && typeof thrown.code === 'string' && { code: thrown.code }),
    ...(thrown.stack !== undefined && { stack: redacted(thrown.stack) }),
    ...(thrown.cause !== undefined && depth < 4 && { cause: describeError(thrown.cause, depth + 1) }),
  }
}

const secrets: readonly [RegExp, string][] = [
  [/\b(access_token|appsecret|secret|token|password|code)=[^&\s"']+/gi, '$1=…'],
  [/\bdk_[A-Za-z0-9_-]{20,}/g, 'dk_…'],
  [/\b(Bearer) [A-Za-z0-9._~+/=-]+/gi, '$1 …'],
  [/:\/\/[^/\s:@]+:[^/\s@]+@/g, '://…@'],
]

export function redacted(text: string): string {
  let shown = text
  for (const [pattern, replacement] of secrets) shown = shown.replaceAll(pattern, replacement)
  return shown
}
