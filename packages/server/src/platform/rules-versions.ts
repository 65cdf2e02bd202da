import type { Facts, PublishedRules, RulesChange, RulesDocument, RulesVersion } from '@duoke/contract'
import { implicitRules } from '@duoke/contract'
import { canonicalJson, starvationBoundMs } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import { type EventRow, eventColumns, readEventRow } from '../events/rows.ts'

export type StoredVersion = RulesVersion & { readonly document: RulesDocument; readonly position: number }

const none: StoredVersion = {
  version: 0,
  at: null,
  by: null,
  reason: '',
  effectiveAt: null,
  reverts: null,
  awaitsApproval: false,
  document: implicitRules,
  position: 0,
}

/** Published versions, newest first: each is an event of the log. */
export async function readVersions(
  tx: Transaction,
  org: string,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<StoredVersion[]> {
  const { rows } = await tx.query<EventRow>({
    name: 'rules_versions',
    text: `select ${eventColumns} from event
      where org_id = $1 and type = 'rules.published' and ($2::bigint is null or position < $2)
      order by position desc limit $3`,
    values: [org, before, limit],
  })
  return rows.flatMap(versionIn)
}

export async function readVersion(tx: Transaction, org: string, version: number): Promise<StoredVersion | null> {
  if (version === 0) return none
  const { rows } = await tx.query<EventRow>({
    name: 'rules_version',
    text: `select ${eventColumns} from event
      where org_id = $1 and type = 'rules.published' and (facts ->> 'rulesVersion')::int = $2 limit 1`,
    values: [org, version],
  })
  return rows.flatMap(versionIn)[0] ?? null
}

function versionIn(row: EventRow): StoredVersion[] {
  const event = readEventRow(row)
  if (event.type !== 'rules.published') return []
  const { rulesVersion, document, reason, effectiveAt }: Facts<'rules.published'> = event.facts
  const { reverts = null, awaitsApproval = false } = event.facts
  const at = new Date(event.atMs).toISOString()
  const { position, actor } = event
  const version = { version: rulesVersion, at, by: actor, reason, effectiveAt, reverts, awaitsApproval }
  return [{ ...version, document, position }]
}

/** With what it changed against the version before it. */
export async function published(tx: Transaction, org: string, version: StoredVersion): Promise<PublishedRules> {
  const before = version.version === 0 ? null : await readVersion(tx, org, version.version - 1)
  return {
    ...shown(version),
    document: version.document,
    changes: before === null ? [] : changesOf(before.document, version.document),
    starvationBoundMs: starvationBoundMs(version.document),
  }
}

export function shown({ position: _, document: _document, ...version }: StoredVersion): RulesVersion {
  return version
}

function changesOf(before: RulesDocument, after: RulesDocument): RulesChange[] {
  const rulesOf = ({ rules }: RulesDocument) => Object.fromEntries(rules.map((rule) => [rule.id, rule]))
  const ageing: RulesChange[] =
    canonicalJson(before.ageingMs) === canonicalJson(after.ageingMs)
      ? []
      : [{ kind: 'ageing', id: 'ageingMs', change: 'changed' }]
  return [
    ...compare('rule', rulesOf(before), rulesOf(after)),
    ...moved(before, after),
    ...compare('hours', before.hours ?? {}, after.hours ?? {}),
    ...compare('team', before.teams ?? {}, after.teams ?? {}),
    ...ageing,
  ]
}

function compare(
  kind: RulesChange['kind'],
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): RulesChange[] {
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return ids.flatMap((id): RulesChange[] => {
    if (!(id in before)) return [{ kind, id, change: 'added' }]
    if (!(id in after)) return [{ kind, id, change: 'removed' }]
    return canonicalJson(before[id]) === canonicalJson(after[id]) ? [] : [{ kind, id, change: 'changed' }]
  })
}

/** Rules that both have, where they do not stand in the same order among themselves. */
function moved(before: RulesDocument, after: RulesDocument): RulesChange[] {
  const ids = ({ rules }: RulesDocument) => rules.map(({ id }) => id)
  const [old, now] = [ids(before), ids(after)]
  const kept = old.filter((id) => now.includes(id))
  return now
    .filter((id) => old.includes(id))
    .flatMap((id, at): RulesChange[] => (kept[at] === id ? [] : [{ kind: 'rule', id, change: 'moved' }]))
}
