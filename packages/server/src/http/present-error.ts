import { type ErrorCode, type ErrorEntry, errors, type Problem } from '@duoke/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LogUnavailable } from '../events/outcome.ts'
import { Refused } from './refused.ts'

export const problemType = 'application/problem+json; charset=utf-8'

/** What Fastify itself refuses, in the words of our catalogue. */
const ofFastify: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_REQ_FILE_TOO_LARGE: 'payload_too_large',
  FST_FILES_LIMIT: 'payload_too_large',
  FST_FIELDS_LIMIT: 'payload_too_large',
  FST_PARTS_LIMIT: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_INVALID_MULTIPART_CONTENT_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
}

/** Turns whatever was thrown into an answer of the catalogue. What is not known becomes `internal`, without its message. */
export function refusalOf(thrown: unknown): Refused {
  if (thrown instanceof Refused) return thrown
  if (thrown instanceof LogUnavailable) {
    return new Refused(thrown.code, { retryAfterSeconds: thrown.retryAfterSeconds, cause: thrown })
  }
  const { code, statusCode } = errorFields(thrown)
  const known = code === undefined ? undefined : ofFastify[code]
  if (known !== undefined) return new Refused(known, { cause: thrown })
  if (isDatabaseTrouble(code)) return new Refused('database_unavailable', { retryAfterSeconds: 3, cause: thrown })
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new Refused('invalid_request', { cause: thrown })
  }
  return new Refused('internal', { cause: thrown })
}

/** Sends the problem document of RFC 9457. A 5xx says nothing but its catalogue entry and a trace id (N9). */
export function presentError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refused = refusalOf(thrown)
  const entry: ErrorEntry = errors[refused.code]
  if (entry.status >= 500) {
    const level = refused.code === 'internal' || entry.reportable ? 'error' : 'warn'
    request.log[level]({ err: refused.cause ?? refused, code: refused.code }, 'request failed')
  }
  const { retryAfterSeconds } = refused.details
  if (retryAfterSeconds !== undefined) reply.header('Retry-After', String(Math.max(1, Math.ceil(retryAfterSeconds))))
  if (entry.status === 401 && refused.code === 'unauthenticated') reply.header('WWW-Authenticate', 'Bearer')
  reply.header('Cache-Control', 'no-store')
  return reply
    .code(entry.status)
    .type(problemType)
    .send(JSON.stringify(problemOf(refused, request.id)))
}

export function problemOf(refused: Refused, traceId?: string): Problem {
  const entry: ErrorEntry = errors[refused.code]
  const hidden = entry.status >= 500
  const { detail, errors: fields, holder } = refused.details
  return {
    type: `/docs/errors#${refused.code}`,
    status: entry.status,
    title: entry.sentence,
    ...(detail !== undefined && !hidden && { detail }),
    code: refused.code,
    whatToDo: entry.whatToDo,
    retryable: entry.retryable,
    ...(traceId !== undefined && { traceId }),
    ...(fields !== undefined && !hidden && { errors: fields }),
    ...(holder !== undefined && !hidden && { holder }),
  }
}

function errorFields(thrown: unknown): { code?: string; statusCode?: number } {
  if (typeof thrown !== 'object' || thrown === null) return {}
  return {
    ...('code' in thrown && typeof thrown.code === 'string' && { code: thrown.code }),
    ...('statusCode' in thrown && typeof thrown.statusCode === 'number' && { statusCode: thrown.statusCode }),
  }
}

/** PostgreSQL's classes 08 (connection), 53 (resources), 57 (operator intervention, timeouts), 55P03 (lock timeout), and the socket's own. */
function isDatabaseTrouble(code: string | undefined): boolean {
  return code !== undefined && /^(08|53|57)[0-9A-Z]{3}$|^55P03$|^ECONN(REFUSED|RESET)$|^EPIPE$/.test(code)
}
