import type { Egress, EgressRequest, EgressResult } from '../egress.ts'

export type FakeCall = {
  readonly path: string
  readonly query: URLSearchParams
  readonly body: string
  readonly request: EgressRequest
}

/** A way out that leads nowhere: the test answers each request. */
export function createFakeEgress(answer: (call: FakeCall) => EgressResult | object | Promise<EgressResult | object>) {
  const calls: FakeCall[] = []
  const egress: Egress = {
    async request(request) {
      const url = new URL(request.url)
      const body = typeof request.body === 'string' ? request.body : Buffer.from(request.body ?? []).toString('latin1')
      const call = { path: url.pathname, query: url.searchParams, body, request }
      calls.push(call)
      const answered = await answer(call)
      request.onWritten?.()
      return 'sent' in answered ? answered : json(answered)
    },
    close() {},
  }
  return { egress, calls }
}

export function json(value: object, status = 200): EgressResult {
  const headers = { 'content-type': 'application/json; encoding=utf-8' }
  return { sent: 'yes', status, headers, body: Buffer.from(JSON.stringify(value)) }
}

export const notSent: EgressResult = {
  sent: 'not-sent',
  error: { code: 'ECONNREFUSED', message: 'connection refused' },
}
export const unknown: EgressResult = { sent: 'unknown', error: { code: 'deadline', message: 'no answer' } }
