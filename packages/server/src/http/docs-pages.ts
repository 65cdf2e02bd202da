import { type ErrorEntry, errors, events, type OperationDeclaration, operations, scopes } from '@duoke/contract'
import type { FastifyInstance } from 'fastify'
import { asyncApiDocument } from './asyncapi.ts'
import { escaped, schemaList } from './docs-schema.ts'
import { documentStyle } from './docs-style.ts'
import { openApiDocument } from './openapi.ts'
import { plainPagePolicy } from './security-headers.ts'

/**
 * The reference, rendered from the contract: plain pages without a script, so that they work offline, under the strictest
 * policy and in any reader (a bundled renderer would be larger than the whole console and needs inline styles).
 */
export function registerDocuments(app: FastifyInstance, ports: { version: string; origin: () => string }): void {
  const { version, origin } = ports
  const page = (path: string, title: string, render: () => string) => {
    let rendered: string | undefined
    app.get(path, async (_request, reply) => {
      rendered ??= frame(title, render())
      return reply
        .headers({ 'Content-Security-Policy': plainPagePolicy, 'Cache-Control': 'no-cache' })
        .type('text/html; charset=utf-8')
        .send(rendered)
    })
  }
  page('/docs', 'Duoke API', operationsPage)
  page('/docs/events', 'Events', eventsPage)
  page('/docs/errors', 'Errors', errorsPage)
  app.get('/docs/style.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(documentStyle))
  app.get('/v1/openapi.json', async (_request, reply) => reply.send(openApiDocument(version, origin())))
  app.get('/v1/asyncapi.json', async (_request, reply) => reply.send(asyncApiDocument(version, origin())))
}

function frame(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)} · Duoke 多客</title><link rel="stylesheet" href="/docs/style.css"></head><body>
<header><strong>Duoke 多客</strong> <nav><a href="/docs">Operations</a> <a href="/docs/events">Events</a>
<a href="/docs/errors">Errors</a> <a href="/v1/openapi.json">openapi.json</a> <a href="/v1/asyncapi.json">asyncapi.json</a></nav></header>
<main><h1>${escaped(title)}</h1>${body}</main></body></html>`
}

function operationsPage(): string {
  const all: [string, OperationDeclaration][] = Object.entries(operations)
  const byTag = Object.groupBy(all, ([, { tag }]) => tag)
  const contents = Object.entries(byTag).map(
    ([tag, list = []]) =>
      `<li><a href="#tag-${tag}">${tag}</a><ul>${list.map(([id, { summary }]) => `<li><a href="#${id}">${escaped(summary)}</a></li>`).join('')}</ul></li>`,
  )
  const sections = Object.entries(byTag).map(
    ([tag, list = []]) =>
      `<section id="tag-${tag}"><h2>${tag}</h2>${list.map(([id, operation]) => operationArticle(id, operation)).join('')}</section>`,
  )
  return `${introduction}<details class="contents"><summary>All operations</summary><ul>${contents.join('')}</ul></details>${scopeTable()}${sections.join('')}`
}

const introduction = `<p>Send <code>Authorization: Bearer TOKEN</code>. Every error is a problem document
(RFC 9457) with a stable <a href="/docs/errors">code</a>. Lists answer <code>{"items": […], "next": "…"|null}</code>; give
<code>next</code> to <code>after</code>. Every mutation takes <code>Idempotency-Key</code>. Snapshot reads carry
<code>Duoke-Cursor</code>: give it to <code>GET /v1/events?after=</code> or to the stream's <code>hello</code> and go on
without a gap. <code>RateLimit</code> says what is left of the allowance.</p>`

function scopeTable(): string {
  const rows = Object.entries(scopes).map(
    ([name, what]) => `<tr><td><code>${name}</code></td><td>${escaped(what)}</td></tr>`,
  )
  return `<details><summary>Scopes</summary><table>${rows.join('')}</table></details>`
}

function operationArticle(id: string, operation: OperationDeclaration): string {
  const { method, path, summary, scope, query, body, upload, takes, response, binary, snapshot, status } = operation
  const codes = operation.errors.map((code) => `<a href="/docs/errors#${code}"><code>${code}</code></a>`).join(', ')
  const parts = [
    `<p>${scope === null ? 'No token needed.' : `Scope <code>${scope}</code>.`} Answers ${status}${snapshot ? ' with <code>Duoke-Cursor</code>' : ''}.</p>`,
    query === undefined ? '' : `<h4>Query</h4>${schemaList(query)}`,
    upload ? '<h4>Body</h4><p>multipart/form-data with a field <code>file</code></p>' : '',
    takes ? `<h4>Body</h4><p>One file, <code>${takes}</code></p>` : '',
    body === undefined ? '' : `<h4>Body</h4>${schemaList(body)}`,
    response === undefined ? '' : `<h4>Answer</h4>${schemaList(response)}`,
    binary ? '<h4>Answer</h4><p>The file.</p>' : '',
    codes === '' ? '' : `<h4>Errors</h4><p>${codes}</p>`,
  ]
  return `<article id="${id}"><h3><span class="${method.toLowerCase()}">${method}</span> <code>${escaped(path)}</code></h3>
<p><strong>${escaped(summary)}</strong> <a href="#${id}">${id}</a></p>${parts.join('')}</article>`
}

function eventsPage(): string {
  const articles = Object.entries(events).map(([type, { summary, scope, facts, ...rest }]) => {
    const personal =
      'personal' in rest ? `<h4>Personal, with <code>${rest.personalScope}</code></h4>${schemaList(rest.personal)}` : ''
    return `<article id="${type}"><h3><code>${type}</code></h3><p>${escaped(summary)}. Scope <code>${scope}</code>.</p><h4>Facts</h4>${schemaList(facts)}${personal}</article>`
  })
  return articles.join('')
}

function errorsPage(): string {
  const all: [string, ErrorEntry][] = Object.entries(errors)
  const rows = all.map(
    ([code, { status, sentence, sentenceZh, whatToDo, whatToDoZh, retryable }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${escaped(sentence)}<br><span lang="zh">${escaped(sentenceZh)}</span></td>
<td>${escaped(whatToDo)}<br><span lang="zh">${escaped(whatToDoZh)}</span></td><td>${retryable ? 'yes' : ''}</td></tr>`,
  )
  return `<table><thead><tr><th>Code</th><th>Status</th><th>What happened</th><th>What to do</th><th>Retry</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}
