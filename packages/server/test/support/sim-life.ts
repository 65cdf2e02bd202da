// One run of a server in a simulation, from its start to a death as sudden as a power cut.
import type { ManualClock, World } from '@duoke/simulator'
import { seededRandom as seededBytes } from '@duoke/simulator'
import { pino } from 'pino'
import { type App, createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Connection } from '../../src/database/connection.ts'
import type { FailpointName } from '../../src/events/failpoint.ts'
import { createSimEgress, type SendFault, type SimEgress } from './sim-egress.ts'
import { layLine } from './sim-line.ts'

export type Fuse = { readonly place: FailpointName; passes: number }

export type Life = {
  readonly app: App
  readonly url: string
  readonly isDead: () => boolean
  /** Resolves with its death. */
  readonly died: Promise<'died'>
  /** Something is under way that needs no more time to pass. */
  readonly isBusy: () => boolean
  /** It dies when it next passes that place, or at once. */
  crash(fuse?: Fuse): void
  /** After a death: waits for what was still running; otherwise stops as a server does. */
  end(): Promise<void>
}

export type LifePorts = {
  readonly name: string
  readonly data: string
  readonly connection: Connection
  readonly clock: ManualClock
  readonly world: World
  readonly faultFor: (openid: string) => SendFault | null
  readonly onSend: (text: string, fault: SendFault | null) => void
  readonly onError: (line: string) => void
}

/** Silence on the line to the database for this long, in real time, is taken for idleness. */
const quietMs = 4

export async function startLife(ports: LifePorts): Promise<Life> {
  const { clock } = ports
  const line = await layLine(ports.connection)
  const { promise: died, resolve: die } = Promise.withResolvers<'died'>()
  let isDead = false
  let fuse: Fuse | null = null
  let app: App | null = null
  const egress: SimEgress = createSimEgress({ ...ports, isDead: () => isDead })

  function fall(): void {
    if (isDead) return
    isDead = true
    line.cut()
    egress.close()
    app?.http.server.closeAllConnections()
    app?.http.server.close()
    die('died')
  }

  /** A throw ends what is under way; where nobody would catch it, the cut lines do. */
  function failpoint(place: FailpointName): void {
    if (fuse?.place === place && !isDead) {
      fuse.passes -= 1
      if (fuse.passes <= 0) fall()
    }
    if (isDead && place !== 'after_socket_write' && place !== 'after_settle') throw new Error(`dead at ${place}`)
  }

  const reading = readConfig({}, { port: '0', data: ports.data, rateLimit: '1000000' })
  if (!reading.ok) throw new Error(reading.problems.join(' '))
  const random = seededBytes(ports.name)
  const started = await createApp(reading.config, {
    ...{ connection: line.connection, egress, failpoint, isDriven: true, env: {} },
    logger: pino({ level: 'error' }, { write: (text: string) => void (isDead || ports.onError(text)) }),
    nowMs: () => clock.nowMs(),
    batchTimeMs: () => clock.nowMs(),
    randomBytes: (count) => random.bytes(count),
    presence: { beatMs: 3_600_000 },
  })
  app = started
  const url = await started.listen()
  return {
    app: started,
    url,
    died,
    isDead: () => isDead,
    isBusy: () => !isDead && (egress.working() > 0 || performance.now() - line.lastByteMs() < quietMs),
    crash(next) {
      if (next === undefined) fall()
      else fuse = next
    },
    async end() {
      try {
        await started[Symbol.asyncDispose]()
      } catch (error) {
        // The dead cannot put anything in order.
        if (!isDead) throw error
      }
      egress.close()
      await line[Symbol.asyncDispose]()
    },
  }
}
