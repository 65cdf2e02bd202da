import { connect, type NatsConnection, type Subscription } from '@nats-io/transport-node'
import { type Bus, createLocalBus } from './bus.ts'

/**
 * The bus of several servers. NATS may be away at the start, later, or for good: the connection is tried for ever, what is said
 * meanwhile reaches this server alone, and the followers' polling goes on without it (F13).
 */
export function createNatsBus(options: {
  readonly url: string
  readonly name: string
  readonly onError: (error: unknown) => void
  readonly retryMs?: number
}): Bus {
  const local = createLocalBus()
  const wanted = new Set<Wanted>()
  let connection: NatsConnection | undefined
  let isClosed = false

  // The client's own waiting for the first connection cannot be ended; ours can.
  async function begin(): Promise<void> {
    const wait = options.retryMs ?? 500
    for (let isFirst = true; !isClosed && connection === undefined; isFirst = false) {
      try {
        await watch(await connect(connectionOptions(options.url, options.name)))
      } catch (error) {
        if (isFirst) options.onError(error)
        await new Promise<void>((resolve) => setTimeout(resolve, wait).unref())
      }
    }
  }

  async function watch(made: NatsConnection): Promise<void> {
    if (isClosed) return made.close()
    connection = made
    for (const one of wanted) listen(made, one)
    for await (const status of made.status()) if (status.type === 'error') options.onError(status.error)
  }
  begin().catch(options.onError)

  function listen(on: NatsConnection, one: Wanted) {
    one.subscription = on.subscribe(one.subject, {
      callback: (error, message) => (error === null ? one.listener(message.data) : options.onError(error)),
    })
  }

  return {
    publish(subject, bytes) {
      local.publish(subject, bytes)
      try {
        connection?.publish(subject, bytes)
      } catch (error) {
        options.onError(error)
      }
    },
    subscribe(subject, listener) {
      const stopLocal = local.subscribe(subject, listener)
      const one: Wanted = { subject, listener, subscription: undefined }
      wanted.add(one)
      if (connection !== undefined) listen(connection, one)
      return () => {
        stopLocal()
        wanted.delete(one)
        one.subscription?.unsubscribe()
      }
    },
    async [Symbol.asyncDispose]() {
      isClosed = true
      wanted.clear()
      await connection?.close()
    },
  }
}

type Wanted = {
  readonly subject: string
  readonly listener: (bytes: Uint8Array) => void
  subscription: Subscription | undefined
}

function connectionOptions(url: string, name: string): Parameters<typeof connect>[0] {
  const servers = url.split(',').map((one) => new URL(one.trim()))
  const [first] = servers
  const user = decodeURIComponent(first?.username ?? '')
  return {
    servers: servers.map(({ host }) => host),
    name,
    // What this server says is heard here at once, without the way over the network.
    noEcho: true,
    timeout: 2000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    // A password that is put right in the meantime works without a restart.
    ignoreAuthErrorAbort: true,
    ...(user !== '' && { user, pass: decodeURIComponent(first?.password ?? '') }),
    ...(first?.protocol === 'tls:' && { tls: {} }),
  }
}
