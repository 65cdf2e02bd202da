// Derives a decision again from its record, by docs/reference/routing.md alone: it imports nothing of the code that decided.

export type Evaluated = {
  readonly candidates: readonly Readonly<Record<string, unknown>>[]
  readonly excluded: readonly {
    readonly reason: string
    readonly agentIds: readonly string[]
    readonly loads?: readonly number[]
    readonly capacities?: readonly number[]
    readonly declines?: readonly number[]
    readonly levels?: readonly number[]
    readonly kinds?: readonly string[]
    readonly counts?: readonly number[]
  }[]
  readonly by?: { readonly kind: string }
  readonly winner: { readonly kind: string; readonly agentId?: string }
  readonly tieBreak: string | null
  readonly refused?: string
  readonly left?: string
  readonly waitedMs?: number
  readonly weight?: number
  readonly kinds?: readonly { readonly kind: string; readonly most: number }[]
  readonly plan?: {
    readonly strategy: string
    readonly broadcast?: unknown
    readonly sticky: { readonly agentId: string; readonly forMs: number } | null
    readonly skills: readonly { readonly required: boolean; readonly relaxAfterMs: number | null }[]
  }
}

type Figure = readonly [name: string, best: 'lowest' | 'highest']

/** The lowest figure is best; the highest where a plus stands before it. */
const tables: Readonly<Record<string, string>> = {
  'least-loaded': 'load idleSince agentId',
  'longest-idle': 'idleSince load agentId',
  'round-robin': 'givenAt agentId',
  'most-spare': '+spare idleSince agentId',
  'skill-weighted': '+skillLevel load idleSince agentId',
}

const figureOf = (name: string): Figure => (name.startsWith('+') ? [name.slice(1), 'highest'] : [name, 'lowest'])

function figuresOf({ plan, candidates, waitedMs = 0 }: Evaluated): readonly Figure[] {
  const own = (tables[plan?.strategy ?? 'least-loaded'] ?? '').split(' ').map(figureOf)
  const isPreferred = plan?.skills.some(
    ({ required, relaxAfterMs }) => !required || (relaxAfterMs !== null && relaxAfterMs <= waitedMs),
  )
  return [
    ...(plan != null && plan.sticky !== null ? [['sticky', 'highest'] as const] : []),
    ...(isPreferred === true ? [['preferred', 'highest'] as const] : []),
    ...(candidates[0]?.['declines'] === undefined ? [] : [['declines', 'lowest'] as const]),
    ...own,
  ]
}

/** Instants and ids as text, the rest as numbers; a figure that is missing is a fault of the record. */
function compare(left: unknown, right: unknown): number {
  const isSame = typeof left === typeof right && (typeof left === 'number' || typeof left === 'string')
  if (!isSame) throw new Error(`cannot compare ${String(left)} with ${String(right)}`)
  return left === right ? 0 : String(left) < String(right) && typeof left === 'string' ? -1 : order(left, right)
}

function order(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return 1
}

/** One figure for each agent, and who was full had no room. */
function areFiguresRight(group: Evaluated['excluded'][number], { weight = 1, kinds = [] }: Evaluated): boolean {
  const { reason, agentIds, loads = [], capacities = [], levels, counts } = group
  const lists = [group.loads, group.capacities, group.declines, levels, group.kinds, counts]
  const isWhole = lists.every((list) => list === undefined || list.length === agentIds.length)
  const isFull = loads.map((load, at) => load + weight > (capacities[at] ?? 0))
  const mostOf = (name?: string) => kinds.find(({ kind }) => kind === name)?.most ?? Number.POSITIVE_INFINITY
  const areKindsFull = (counts ?? []).every((count, at) => count >= mostOf(group.kinds?.[at]))
  // These come after room in the order of reasons.
  const hadRoom = ['kind_full', 'outside_hours', 'room_kept'].includes(reason)
  if (!isWhole || !areKindsFull || (hadRoom && isFull.includes(true))) return false
  if (reason === 'full' && isFull.includes(false)) return false
  return (reason === 'missing_skill') === (levels !== undefined) && (reason === 'kind_full') === (counts !== undefined)
}

/** What is wrong with the record; null when its winner, order and tie-break are those of the published rules. */
export function mismatchOf(record: Evaluated): string | null {
  const { candidates, excluded, winner, refused, tieBreak } = record
  const figures = figuresOf(record)
  const seen = [...candidates.map(({ agentId }) => String(agentId)), ...excluded.flatMap(({ agentIds }) => agentIds)]
  if (new Set(seen).size !== seen.length) return 'an agent was looked at twice'
  for (const { agentId, load, capacity, spare, kinds = {} } of candidates) {
    if (!(Number(load) + (record.weight ?? 1) <= Number(capacity))) return `${String(agentId)} has no capacity`
    const counts = new Map(Object.entries(Object(kinds)))
    const enough = record.kinds?.find(({ kind, most }) => !(Number(counts.get(kind)) < most))
    if (enough !== undefined) return `${String(agentId)} has enough of ${enough.kind}`
    if (spare !== undefined && spare !== Number(capacity) - Number(load)) return `${String(agentId)} has another spare`
  }
  const odd = excluded.find((group) => !areFiguresRight(group, record))
  if (odd !== undefined) return `the figures of those passed over as ${odd.reason} do not fit`
  if (record.by !== undefined) return seen.length === 0 ? null : 'somebody decided, and yet agents were looked at'
  if (winner.kind === 'app') return candidates.length === 0 ? null : 'an app won against agents'
  if (refused !== undefined) return winner.kind === 'nobody' ? null : 'refused, and yet given'
  if (record.left !== undefined) {
    const serves =
      candidates.length > 0 || (record.left === 'nobody-serves' && excluded.some(({ reason }) => reason === 'full'))
    return winner.kind !== 'nobody' || serves ? 'a message was left, and yet somebody serves' : null
  }
  let best: Readonly<Record<string, unknown>> | undefined
  for (const candidate of candidates) {
    if (best === undefined || isBefore(candidate, best, figures)) best = candidate
  }
  if (best === undefined) return winner.kind === 'queue' ? null : 'nobody was a candidate, and yet it was given'
  const isBroadcast = record.plan?.broadcast !== undefined
  if (isBroadcast && winner.kind !== 'queue') return 'all were to be asked, and yet one won'
  if (!isBroadcast && (winner.kind !== 'agent' || winner.agentId !== best['agentId'])) {
    return `${String(best['agentId'])} should have won, not ${winner.agentId ?? winner.kind}`
  }
  for (const [at, candidate] of candidates.entries()) {
    const next = candidates[at + 1]
    if (next !== undefined && !isBefore(candidate, next, figures)) return 'the candidates are not in their order'
  }
  const [first, second] = candidates
  const [name] = figures[0] ?? ['']
  const isTie = first !== undefined && second !== undefined && first[name] === second[name]
  return isTie === (tieBreak !== null) ? null : 'the tie-break does not fit'
}

function isBefore(
  left: Readonly<Record<string, unknown>>,
  right: Readonly<Record<string, unknown>>,
  figures: readonly Figure[],
): boolean {
  for (const [name, best] of figures) {
    const difference = compare(left[name], right[name])
    if (difference !== 0) return best === 'lowest' ? difference < 0 : difference > 0
  }
  return false
}
