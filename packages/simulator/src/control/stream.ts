import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { World, WorldEvent } from '../model/world.ts'
import { isTrustedRequest } from './guard.ts'
import { accountView, followerView } from './views.ts'

export const STREAM_PATH = '/sim/stream'
/** A phone that reads nothing for this long is cut off; it loads a fresh snapshot when it comes back. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024
const MOST_STREAMS = 500

interface Filter {
  account: string | null
  follower: string | null
}

/** Sends a snapshot, then every event after it. `?account=&follower=` narrows it to one phone. */
export function attachStream(server: Server, world: World, allowedHosts: readonly string[]): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const [path = '', query] = (request.url ?? '').split('?', 2)
    const { host, origin } = request.headers
    if (path !== STREAM_PATH) return refuse(socket, '404 Not Found')
    if (!isTrustedRequest({ host, origin }, allowedHosts)) return refuse(socket, '403 Forbidden')
    if (sockets.clients.size >= MOST_STREAMS) return refuse(socket, '503 Service Unavailable')
    const asked = new URLSearchParams(query)
    const filter = { account: asked.get('account'), follower: asked.get('follower') }
    sockets.handleUpgrade(request, socket, head, (client) => follow(client, world, filter))
  })
  return () => {
    for (const client of sockets.clients) client.terminate()
    sockets.close()
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function follow(client: WebSocket, world: World, filter: Filter): void {
  client.on('error', () => client.terminate())
  send(client, { type: 'snapshot', nowMs: world.ports.clock.nowMs(), ...snapshot(world, filter) })
  const stop = world.listen((event) => {
    if (isWanted(event, filter)) send(client, present(world, event))
  })
  client.on('close', stop)
}

function snapshot(world: World, filter: Filter) {
  const accounts = world.accounts().filter(({ settings }) => filter.account === null || settings.id === filter.account)
  const followers = accounts
    .flatMap(({ settings }) => world.followersOf(settings.id))
    .filter((follower) => filter.follower === null || follower.id === filter.follower)
  return {
    accounts: accounts.map(({ settings }) => accountView(settings)),
    followers: followers.map((follower) => followerView(world, follower)),
  }
}

function isWanted(event: WorldEvent, filter: Filter): boolean {
  if (filter.account !== null && event.account !== filter.account) return false
  if (filter.follower === null) return true
  return 'follower' in event ? event.follower === filter.follower : event.type === 'account'
}

/** Facts as they are now, so that a reader never has to ask back. */
function present(world: World, event: WorldEvent): Record<string, unknown> {
  if (event.type === 'follower') {
    const follower = world.follower(event.account, event.follower)
    return follower ? { type: 'follower', follower: followerView(world, follower) } : { ...event }
  }
  if (event.type === 'account') {
    const account = world.account(event.account)
    return account ? { type: 'account', account: accountView(account.settings) } : { ...event }
  }
  return { ...event }
}

function send(client: WebSocket, frame: Record<string, unknown>): void {
  if (client.readyState !== client.OPEN) return
  if (client.bufferedAmount > MAX_BUFFERED_BYTES) client.terminate()
  else client.send(JSON.stringify(frame))
}
