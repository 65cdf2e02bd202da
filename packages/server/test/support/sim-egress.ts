// The server's way out in a simulation: real sockets, virtual deadlines, and faults that depend on the seed alone.
import type { ApiFault, Clock, World } from '@duoke/simulator'
import { createEgress, type Egress, type EgressRequest, type EgressResult } from '../../src/channel/egress.ts'

const sendPath = '/cgi-bin/message/custom/send'

/** What is done to one send, as a test that knows the fault must judge its outcome. */
export type SendFault = {
  readonly fault: ApiFault
  /** Whoever sends cannot know what became of it. */
  readonly isAmbiguous: boolean
}

export type SimEgress = Egress & {
  /** Requests of which an answer is due without any more time passing. */
  readonly working: () => number
}

export type SimEgressPorts = {
  readonly clock: Clock
  readonly world: World
  /** The fault for the next send to this follower, or null. */
  readonly faultFor: (openid: string) => SendFault | null
  /** A send with this text is about to leave. */
  readonly onSend: (text: string, fault: SendFault | null) => void
  readonly isDead: () => boolean
}

export function createSimEgress(ports: SimEgressPorts): SimEgress {
  const { clock, world } = ports
  const real = createEgress({ allow: [] })
  let working = 0

  async function exchange(request: EgressRequest, fault: ApiFault | null): Promise<EgressResult> {
    const wakeUps: (() => void)[] = []
    // What the simulator keeps back until later is no work that is under way now.
    const heldForMs = fault?.kind === 'hang' ? Number.POSITIVE_INFINITY : fault?.kind === 'delay' ? fault.ms : 0
    let isCounted = heldForMs === 0
    const count = () => {
      if (!isCounted) working += 1
      isCounted = true
    }
    if (isCounted) working += 1
    else if (Number.isFinite(heldForMs)) wakeUps.push(clock.after(heldForMs, count))
    try {
      const answered = real.request({ ...request, timeoutMs: 120_000 })
      // Time passes in leaps: only what WeChat itself keeps back for so long is late.
      if (heldForMs < request.timeoutMs) return await answered
      const late = new Promise<EgressResult>((resolve) => {
        const error = { code: 'deadline', message: `no answer within ${request.timeoutMs} ms` }
        wakeUps.push(clock.after(request.timeoutMs, () => resolve({ sent: 'unknown', error })))
      })
      return await Promise.race([late, answered])
    } finally {
      if (isCounted) working -= 1
      isCounted = true
      for (const cancel of wakeUps) cancel()
    }
  }

  return {
    working: () => working,
    async request(request) {
      if (ports.isDead()) return { sent: 'unknown', error: { code: 'dead', message: 'this server is no more' } }
      const send = sendOf(request)
      let rule: number | null = null
      const planned = send === null ? null : ports.faultFor(send.openid)
      if (send !== null) {
        ports.onSend(send.text, planned)
        const where = { target: 'api', path: sendPath, openid: send.openid } as const
        if (planned !== null) rule = world.faults.add({ ...where, fault: planned.fault }).id
      }
      const result = await exchange(request, planned?.fault ?? null)
      // One that never arrived must not strike the next.
      if (rule !== null) world.faults.remove(rule)
      // The dead learn nothing.
      if (ports.isDead()) return { sent: 'unknown', error: { code: 'dead', message: 'this server is no more' } }
      return result
    },
    close: () => real.close(),
  }
}

function sendOf({ url, body }: EgressRequest): { openid: string; text: string } | null {
  if (new URL(url).pathname !== sendPath) return null
  const sent: unknown = JSON.parse(String(body))
  if (typeof sent !== 'object' || sent === null || !('touser' in sent)) throw new Error('a send names nobody')
  const text = 'text' in sent && typeof sent.text === 'object' && sent.text !== null && 'content' in sent.text
  return { openid: String(sent.touser), text: text ? String((sent.text as { content: unknown }).content) : '' } // checked just before
}
