// The apps that are attached to the account. Their secrets guard nothing: they exist for one run.

/** Three that may answer, each asked about every push, and five that only listen. */
export const responderCount = 3
export const receiverCount = 8
/** Of the comparison with a noisy app: it, and those who keep to their share. */
export const callerCount = 20
/** Calls a minute that each of them may make. */
export const callsPerMinute = 600

export type BenchApp = {
  readonly id: string
  readonly role: 'responder' | 'observer'
  readonly appId: string
  readonly appSecret: string
  readonly token: string
  readonly encodingAesKey: string
  /** Where its server listens; null for one that only calls. */
  readonly port: number | null
}

export function receivingApps(ports: readonly number[]): BenchApp[] {
  return ports.map((port, index) => ({ ...benchApp(index), port }))
}

export function callingApps(): BenchApp[] {
  return Array.from({ length: callerCount }, (_, index) => benchApp(index))
}

function benchApp(index: number): BenchApp {
  const digits = String(index).padStart(2, '0')
  return {
    id: `app-${digits}`,
    role: index < responderCount ? 'responder' : 'observer',
    appId: `wxba5fad812f8e6a${digits}`,
    appSecret: `0123456789abcdef0123456789abcd${digits}`,
    token: `benchApp${digits}`,
    encodingAesKey: `${digits}abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO`,
    port: null,
  }
}

export const addressOf = (port: number) => `http://127.0.0.1:${port}/wx`
