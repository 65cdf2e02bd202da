import type { Log } from '../events/log.ts'
import type { AccountDirectory } from './account-directory.ts'
import { callUpstream, type UpstreamPorts } from './upstream-call.ts'

/** Looks a new customer up at WeChat once: a remark that was written there before, and the id across the owner's accounts. */
export type ProfileReader = AsyncDisposable & {
  /** Best effort: what does not fit into the queue, or fails, is left out. */
  look(customer: NewCustomer): void
}
export type NewCustomer = {
  readonly organizationId: string
  readonly accountId: string
  readonly conversationId: string
  readonly openid: string
}

/** Looking customers up must never compete with serving them. */
const atMostWaiting = 500
const betweenLooksMs = 100

export function startProfileReader(
  ports: UpstreamPorts & {
    readonly directory: AccountDirectory
    readonly log: Pick<Log, 'submit'>
    readonly sleep: (ms: number) => Promise<void>
    readonly onError: (error: unknown) => void
  },
): ProfileReader {
  const waiting: NewCustomer[] = []
  let running: Promise<void> | null = null
  let isClosed = false

  async function work(): Promise<void> {
    for (let customer = waiting.shift(); customer !== undefined && !isClosed; customer = waiting.shift()) {
      await readProfile(ports, customer).catch(ports.onError)
      await ports.sleep(betweenLooksMs)
    }
  }

  return {
    look(customer) {
      if (isClosed || waiting.length >= atMostWaiting) return
      waiting.push(customer)
      running ??= work().finally(() => {
        running = null
      })
    },
    async [Symbol.asyncDispose]() {
      isClosed = true
      await running
    },
  }
}

async function readProfile(
  ports: UpstreamPorts & { readonly directory: AccountDirectory; readonly log: Pick<Log, 'submit'> },
  { organizationId, accountId, conversationId, openid }: NewCustomer,
): Promise<void> {
  const account = await ports.directory.find(accountId)
  if (account === null || account.isDegraded) return
  const result = await callUpstream(
    ports,
    account,
    `/cgi-bin/user/info?openid=${encodeURIComponent(openid)}&lang=zh_CN`,
    {
      method: 'GET',
      timeoutMs: 5_000,
      maxResponseBytes: 65_536,
    },
  )
  if (result.kind !== 'answer') return
  const profile = Object.fromEntries(
    ['remark', 'unionid'].flatMap((name) => {
      const value = result.fields?.[name]
      return typeof value === 'string' && value !== '' ? [[name, value.slice(0, 200)]] : []
    }),
  )
  if (Object.keys(profile).length === 0) return
  await ports.log.submit(
    organizationId,
    { type: 'customer.change', actor: { kind: 'system' }, conversationId, profile },
    { lane: 'timers', key: `profile:${conversationId}` },
  )
}
