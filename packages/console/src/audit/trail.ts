import type { PublicEvent } from '@duoke/contract'

/** The events of the log by which somebody administers; each `configured` carries the whole of what it configures. */
export const auditedTypes = [
  'organization.configured',
  'account.configured',
  'account.removed',
  'team.configured',
  'team.removed',
  'agent.configured',
  'agent.secured',
  'agent.removed',
  'app.configured',
  'app.consented',
  'app.removed',
  'rules.published',
] as const satisfies readonly PublicEvent['type'][]
export type AuditedType = (typeof auditedTypes)[number]

export type Difference = { readonly field: string; readonly before: string | undefined; readonly after: string }
export type AuditEntry = {
  readonly position: number
  readonly at: string
  readonly type: AuditedType
  readonly actor: PublicEvent['actor']
  readonly subject: string
  readonly differences: readonly Difference[]
  /** Everything that it configured, to be searched: also what did not change. */
  readonly text: string
}

/** What each event changed against the one before it of the same thing; newest first. */
export function trailOf(events: readonly PublicEvent[]): AuditEntry[] {
  const known = new Map<string, Record<string, unknown>>()
  return events
    .flatMap((event): AuditEntry[] => {
      const type = auditedTypes.find((one) => one === event.type)
      if (type === undefined) return []
      const facts: Record<string, unknown> = { ...event.facts, ...event.personal }
      const subject = subjectOf(facts)
      const key = `${type} ${subject}`
      const before = known.get(key)
      known.set(key, facts)
      const { position, at, actor } = event
      const fields = Object.keys({ ...before, ...facts }).filter((field) => !ids.includes(field))
      const differences = fields
        .map((field) => ({ field, before: before && shown(before[field]), after: shown(facts[field]) }))
        .filter((one) => one.before !== one.after && (before !== undefined || one.after !== ''))
      return [{ position, at, type, actor, subject, differences, text: JSON.stringify([before, facts]) }]
    })
    .reverse()
}

const ids = ['accountId', 'teamId', 'agentId', 'appId']

function subjectOf(facts: Record<string, unknown>): string {
  const id = ids.map((name) => facts[name]).find((value) => typeof value === 'string')
  return typeof id === 'string' ? id : ''
}

const shown = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)

export type AuditFilter = { readonly text: string; readonly area: string; readonly from: string; readonly to: string }

/** Entries of an area (`agent` for `agent.configured`), of a span of local days, in which a text occurs. */
export function matching(entries: readonly AuditEntry[], filter: AuditFilter, nameOf: (entry: AuditEntry) => string) {
  const words = filter.text.trim().toLowerCase()
  const fromMs = filter.from === '' ? Number.NEGATIVE_INFINITY : new Date(`${filter.from}T00:00`).getTime()
  const toMs = filter.to === '' ? Number.POSITIVE_INFINITY : new Date(`${filter.to}T24:00`).getTime()
  return entries.filter((entry) => {
    const atMs = Date.parse(entry.at)
    if (filter.area !== '' && !entry.type.startsWith(`${filter.area}.`)) return false
    if (atMs < fromMs || atMs >= toMs) return false
    const text = `${nameOf(entry)} ${entry.type} ${entry.text}`
    return words === '' || text.toLowerCase().includes(words)
  })
}
