import type { AgentStatus } from '@duoke/contract'
import type { OpeningTimes } from '../hours/hours.ts'

export type StatusAt = {
  readonly atMs: number
  readonly status: AgentStatus
  readonly reason?: string
}
export type StatusSpan = {
  readonly fromMs: number
  readonly toMs: number
  readonly status: AgentStatus
  readonly reason?: string
}
export type Attendance = {
  readonly onlineMs: number
  readonly awayMs: number
  readonly offlineMs: number
  /** By reason; away without one is not in it. */
  readonly awayByReason: Readonly<Record<string, number>>
  /** Against the shifts; null for who has none. */
  readonly planned: {
    readonly ms: number
    readonly onlineMs: number
    readonly awayMs: number
    readonly absentMs: number
    /** Online or away outside of the shifts. */
    readonly extraMs: number
  } | null
}

/**
 * What an agent's status was between two moments, each at once followed by the next: whoever has no change before the first
 * moment was offline. The changes are in order and may begin before it.
 */
export function statusSpans(changes: readonly StatusAt[], fromMs: number, toMs: number): StatusSpan[] {
  const spans: StatusSpan[] = []
  let now: StatusAt = { atMs: fromMs, status: 'offline' }
  const close = (endMs: number) => {
    const start = Math.max(now.atMs, fromMs)
    if (endMs <= start) return
    const { status, reason } = now
    spans.push({ fromMs: start, toMs: endMs, status, ...(reason !== undefined && { reason }) })
  }
  for (const change of changes) {
    if (change.atMs >= toMs) break
    // Chosen again, with another end perhaps, it is the same stretch.
    if (change.status === now.status && change.reason === now.reason) continue
    close(change.atMs)
    now = change
  }
  close(toMs)
  return spans
}

export function attendanceOf(spans: readonly StatusSpan[], shifts: OpeningTimes | null): Attendance {
  const total = (status: AgentStatus, ms: (span: StatusSpan) => number) =>
    spans.filter((span) => span.status === status).reduce((sum, span) => sum + ms(span), 0)
  const all = ({ fromMs, toMs }: StatusSpan) => toMs - fromMs
  const awayByReason: Record<string, number> = {}
  for (const span of spans) {
    if (span.status !== 'away' || span.reason === undefined) continue
    awayByReason[span.reason] = (awayByReason[span.reason] ?? 0) + all(span)
  }
  const actual = { onlineMs: total('online', all), awayMs: total('away', all), offlineMs: total('offline', all) }
  if (shifts === null) return { ...actual, awayByReason, planned: null }
  const within = ({ fromMs, toMs }: StatusSpan) => shifts.workingMs(fromMs, toMs)
  const [onlineMs, awayMs, absentMs] = [total('online', within), total('away', within), total('offline', within)]
  const extraMs = actual.onlineMs + actual.awayMs - onlineMs - awayMs
  return { ...actual, awayByReason, planned: { ms: onlineMs + awayMs + absentMs, onlineMs, awayMs, absentMs, extraMs } }
}
