// A whole console for one agent, over public operations only: what waits, accepting, reading, answering, ending.
// The token stays in this process; the page that it serves talks to nobody else.
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { createClient, DuokeError, type ItemOf } from '@duoke/sdk'

const token = process.env['DUOKE_TOKEN']
if (token === undefined) {
  console.error('Set DUOKE_TOKEN: npx duoke token create --agent ID')
  process.exit(2)
}
const duoke = createClient({ baseUrl: process.env['DUOKE_SERVER'] ?? 'http://127.0.0.1:7300', token })
const page = readFileSync(new URL('page.html', import.meta.url))

/** Counts what happened, so that a page that has seen less asks again. */
let version = 0
let wake = Promise.withResolvers<void>()

async function follow(): Promise<void> {
  for await (const _ of duoke.events({ view: 'agent' })) {
    version += 1
    wake.resolve()
    wake = Promise.withResolvers()
  }
}

const waitForChange = (seen: number): Promise<unknown> =>
  seen < version ? Promise.resolve() : Promise.race([wake.promise, new Promise((done) => setTimeout(done, 20_000))])

const lineOf = ({ id, direction, content, delivery }: ItemOf<'listMessages'>) => ({
  id,
  direction,
  text: content === null ? '…' : 'text' in content ? content.text : `[${content.type}]`,
  state: delivery?.state,
})

/** All that the page shows, with one conversation's newest messages, oldest first. */
async function desk(conversationId: string | null) {
  const at = version
  const [waiting, mine, messages] = await Promise.all([
    duoke.conversations.list({ status: 'waiting' }),
    duoke.conversations.list({ status: 'open', assignee: 'me' }),
    conversationId === null ? null : duoke.conversations.messages(conversationId),
  ])
  return {
    version: at,
    waiting: waiting.items.map(({ id, customer }) => ({ id, name: customer.name })),
    mine: mine.items.map(({ id, customer, unread }) => ({ id, name: customer.name, unread })),
    thread: messages?.items.map(lineOf).reverse() ?? [],
  }
}

async function answer(request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://tiny')
  const id = url.searchParams.get('id') ?? ''
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /desk':
      await waitForChange(Number(url.searchParams.get('seen') ?? -1))
      return desk(id === '' ? null : id)
    case 'POST /accept':
      // Conversations are given to those who are online only.
      await duoke.me.setPresence({ status: 'online' })
      return duoke.conversations.accept(id)
    case 'POST /send':
      return duoke.conversations.send(id, { type: 'text', text: url.searchParams.get('text') ?? '' })
    case 'POST /close':
      return duoke.conversations.close(id)
    default:
      return undefined
  }
}

/** Its port, once it listens. */
function ownHost(): string {
  const address = server.address()
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

const server = createServer((request, response) => {
  const own = ownHost()
  const { host, origin = `http://${own}` } = request.headers
  if (host !== own || origin !== `http://${own}`) return response.writeHead(403).end()
  if (request.url === '/') {
    return response
      .writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'",
      })
      .end(page)
  }
  const json = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  answer(request).then(
    (body) => json(body === undefined ? 404 : 200, body ?? null),
    (error: unknown) => {
      if (!(error instanceof DuokeError)) throw error
      json(error.status ?? 502, error.problem ?? { title: error.message })
    },
  )
})

server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  console.log(`http://${ownHost()}/`)
})
await follow()
