export type SeenRequest = { method: string; url: URL; headers: Headers; body: string | FormData | Blob | undefined }
export type FakeAnswer = Response | Error | 'hang'

/** Answers one request after the other from a list, or by a function, and keeps what was asked. */
export function fakeFetch(answers: FakeAnswer[] | ((request: SeenRequest) => FakeAnswer)) {
  const seen: SeenRequest[] = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    const body = init?.body
    const request: SeenRequest = {
      method: init?.method ?? 'GET',
      url: new URL(String(input)),
      headers: new Headers(init?.headers),
      body: typeof body === 'string' || body instanceof FormData || body instanceof Blob ? body : undefined,
    }
    seen.push(request)
    const answer = typeof answers === 'function' ? answers(request) : answers.shift()
    if (answer === 'hang') return untilAborted(init?.signal)
    if (answer === undefined) throw new Error(`Nothing is prepared for ${request.method} ${request.url}`)
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  }
  return { fetch, seen }
}

function untilAborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } })
}

export function problem(code: string, status: number, retryable: boolean, headers: Record<string, string> = {}) {
  const body = { type: `urn:duoke:${code}`, status, title: code, code, whatToDo: 'See the documents.', retryable }
  return json(body, status, { 'content-type': 'application/problem+json', ...headers })
}
