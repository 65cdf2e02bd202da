// The floor: the least that any program must do that takes pushes as we do. It checks the signature, decrypts, drops
// repetitions, writes what waits with one INSERT, and sends as many socket frames as Duoke. No parser, no framework.
import { createDecipheriv, createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { parse } from 'node:querystring'
import pg from 'pg'
import { type WebSocket, WebSocketServer } from 'ws'
import { account } from '../account.ts'
import type { BenchApp } from '../apps.ts'
import { answerCalls } from './calls.ts'
import { createFanOut, type FanOut } from './fan-out.ts'
import { portOf } from './port-of.ts'
import { readUsage } from './usage.ts'

type Push = { readonly messageId: string; readonly openid: string; readonly document: string }
type Waiting = Push & { readonly response: ServerResponse }

const aesKey = Buffer.from(`${account.encodingAesKey}=`, 'base64')
const sockets: WebSocket[] = []
const holders = new Map<string, number>()
let listsPerPush = 0
let listsDue = 0
let nextForList = 0

const handlers = {
  async start(input: { databaseUrl: string; apps: readonly BenchApp[] }): Promise<{ port: number }> {
    const database = new pg.Client({ connectionString: input.databaseUrl })
    await database.connect()
    await database.query(
      'create table message (message_id bigint primary key, openid text not null, document text not null, at timestamptz not null default now())',
    )
    const take = createTaking(database, input.apps.length === 0 ? null : createFanOut(input.apps))
    const server = createServer((request, response) => void receive(request, response, take))
    const streams = new WebSocketServer({ server, perMessageDeflate: false })
    streams.on('connection', (socket) => sockets.push(socket))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return { port: portOf(server) }
  },
  /** Duoke merges changes of lists; so many of its frames came for one push, and so many are sent here. */
  async sendLists({ perPush }: { perPush: number }): Promise<void> {
    listsPerPush = perPush
    listsDue = 0
  },
  usage: readUsage,
}
export type FloorHandlers = typeof handlers
answerCalls(handlers)

async function receive(request: IncomingMessage, response: ServerResponse, take: (push: Waiting) => void) {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(request, 'end')
  const body = Buffer.concat(chunks).toString()
  const query = parse(request.url?.slice(request.url.indexOf('?') + 1) ?? '')
  const encrypted = between(body, '<Encrypt><![CDATA[', ']]>')
  const signed = [account.token, query['timestamp'], query['nonce'], encrypted].sort().join('')
  if (createHash('sha1').update(signed).digest('hex') !== query['msg_signature']) {
    response.writeHead(403).end()
    return
  }
  const document = decrypt(encrypted)
  const messageId = between(document, '<MsgId>', '</MsgId>')
  take({ messageId, openid: between(document, '<FromUserName><![CDATA[', ']]>'), document, response })
}

function decrypt(encrypted: string): string {
  const decipher = createDecipheriv('aes-256-cbc', aesKey, aesKey.subarray(0, 16)).setAutoPadding(false)
  const plain = Buffer.concat([decipher.update(encrypted, 'base64'), decipher.final()])
  return plain.toString('utf8', 20, 20 + plain.readUInt32BE(16))
}

function between(text: string, before: string, after: string): string {
  const start = text.indexOf(before) + before.length
  return text.slice(start, text.indexOf(after, start))
}

/** Everything that came while the last INSERT ran goes into the next one. */
function createTaking(database: pg.Client, fanOut: FanOut | null): (push: Waiting) => void {
  const seen = new Set<string>()
  let waiting: Waiting[] = []
  let isRunning = false

  async function run() {
    isRunning = true
    while (waiting.length > 0) {
      await new Promise<void>((done) => setImmediate(done))
      const group = waiting
      waiting = []
      await database.query({
        name: 'insert',
        text: `insert into message (message_id, openid, document)
          select * from unnest($1::bigint[], $2::text[], $3::text[]) on conflict do nothing`,
        values: [group.map((one) => one.messageId), group.map((one) => one.openid), group.map((one) => one.document)],
      })
      for (const push of group) {
        if (fanOut === null) answer(push.response)
        else void fanOut(push.document).then(() => answer(push.response))
        tell(push)
      }
    }
    isRunning = false
  }

  return (push) => {
    if (seen.has(push.messageId)) return answer(push.response)
    seen.add(push.messageId)
    waiting.push(push)
    if (!isRunning) void run()
  }
}

function answer(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 7 }).end('success')
}

/** A message goes to one socket, whoever writes always to the same; lists go to all in turn. */
function tell({ messageId, openid, document }: Push): void {
  if (sockets.length === 0) return
  let holder = holders.get(openid)
  if (holder === undefined) {
    holder = holders.size % sockets.length
    holders.set(openid, holder)
  }
  sockets[holder]?.send(JSON.stringify({ type: 'event', event: { type: 'message.received', messageId, document } }))
  for (listsDue += listsPerPush; listsDue >= 1; listsDue -= 1) {
    sockets[nextForList++ % sockets.length]?.send(`{"type":"list","conversations":[${JSON.stringify(openid)}]}`)
  }
}
