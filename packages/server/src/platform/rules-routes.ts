import type { PublishedRules, RulesDocument } from '@duoke/contract'
import { type KnownToRules, type RulesOverrideState, starvationBoundMs } from '@duoke/domain'
import type { Log } from '../events/log.ts'
import { actorOf, type Caller } from '../http/caller.ts'
import type { Handlers } from '../http/handler.ts'
import { defaultLimit, pageOf, readKeyset } from '../http/keyset.ts'
import { Refused } from '../http/refused.ts'
import type { Reads } from '../http/snapshot.ts'
import { submitFor } from '../http/submit.ts'
import { holidaysOf, yearWithoutHolidays } from '../routing/holidays.ts'
import { readConfiguration, type StoredConfiguration } from './configuration-store.ts'
import { readFairness } from './fairness.ts'
import { forecastRequest, readForecast } from './forecast.ts'
import { periodIn } from './period.ts'
import { previewRules } from './preview.ts'
import { readOverrides, shownOverride } from './rules-overrides.ts'
import { type GivenRules, readRules } from './rules-text.ts'
import { published, readVersion, readVersions, shown } from './rules-versions.ts'

export type RulesPorts = { readonly log: Pick<Log, 'submit'>; readonly reads: Reads; readonly nowMs: () => number }
type RulesOperations =
  | 'getRules'
  | 'publishRules'
  | 'validateRules'
  | 'previewRules'
  | 'getFairness'
  | 'getForecast'
  | 'listHolidays'
  | 'revertRules'
  | 'listRulesVersions'
  | 'getRulesVersion'
  | 'approveRules'
  | 'rejectRules'
  | 'overrideRules'
  | 'endRulesOverride'
  | 'listRulesOverrides'

export function rulesHandlers(ports: RulesPorts): Pick<Handlers, RulesOperations> {
  const { reads } = ports
  const reading = new Set<string>()
  /** A period of the log is read by one request for each organization. */
  const oneAtATime = async <T>(org: string, read: () => Promise<T>): Promise<T> => {
    if (reading.has(org))
      throw new Refused('too_many_requests', {
        detail: 'A preview or report is being made already.',
        retryAfterSeconds: 5,
      })
    reading.add(org)
    try {
      return await read()
    } finally {
      reading.delete(org)
    }
  }
  const versionOf = (org: string, version: number) =>
    reads.read(org, async (tx) => {
      const stored = Number.isSafeInteger(version) ? await readVersion(tx, org, version) : null
      if (stored === null) throw new Refused('not_found')
      return published(tx, org, stored)
    })
  return {
    getRules: async ({ caller: { org } }) => ({ body: await rulesInForce(ports, org) }),
    async publishRules({ caller, body, retryKey }) {
      const document = await documentOf(ports, caller.org, body)
      const { reason, basedOn } = body
      const effectiveAtMs = body.effectiveAt === undefined ? null : msOf(body.effectiveAt, 'effectiveAt')
      const version = await publish(ports, caller, { document, reason, effectiveAtMs, basedOn }, retryKey)
      return { body: await versionOf(caller.org, version) }
    },
    async validateRules({ caller: { org }, body }) {
      requireOne(body)
      const { document, findings } = readRules(body, await knownTo(ports, org))
      return { body: { findings, starvationBoundMs: document === null ? null : starvationBoundMs(document) } }
    },
    async previewRules({ caller: { org }, body, signal }) {
      const rules = body.text === undefined && body.document === undefined ? null : await documentOf(ports, org, body)
      const { seed = 1, withinMs = 30_000, starvationMs = 600_000 } = body
      const request = { ...periodIn(body, 'body'), rules, seed, withinMs, starvationMs }
      return { body: await oneAtATime(org, () => previewRules(reads, org, request, signal)) }
    },
    async getFairness({ caller: { org }, query, signal }) {
      const period = periodIn(query, 'query')
      return { body: await oneAtATime(org, () => readFairness(reads, org, period, signal)) }
    },
    async getForecast({ caller: { org }, query, signal }) {
      const request = forecastRequest(query, ports.nowMs())
      return { body: await oneAtATime(org, () => readForecast(reads, org, request, signal)) }
    },
    listHolidays: async ({ query: { year } }) => ({ body: holidaysOf(year) }),
    async revertRules({ caller, body, retryKey }) {
      const { document } = await versionOf(caller.org, body.version)
      const revert = { document, reason: body.reason, effectiveAtMs: null, reverts: body.version }
      return { body: await versionOf(caller.org, await publish(ports, caller, revert, retryKey)) }
    },
    async listRulesVersions({ caller: { org }, query }) {
      const limit = query.limit ?? defaultLimit
      const before = readKeyset(query.after)?.at ?? null
      const versions = await reads.read(org, (tx) => readVersions(tx, org, { before, limit: limit + 1 }))
      return { body: pageOf(versions, limit, shown, ({ position }) => ({ at: position, id: 'rules' })) }
    },
    ...approvalHandlers(ports, versionOf),
    ...overrideHandlers(ports),
    getRulesVersion: async ({ caller: { org }, params }) => ({ body: await versionOf(org, Number(params.version)) }),
  }
}

type VersionOf = (org: string, version: number) => Promise<PublishedRules>

function approvalHandlers({ log }: RulesPorts, versionOf: VersionOf): Pick<Handlers, 'approveRules' | 'rejectRules'> {
  const numberOf = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : -1)
  return {
    async approveRules({ caller, params, retryKey }) {
      const rulesVersion = numberOf(params.version)
      await submitFor(log, caller, { type: 'rules.approve', actor: actorOf(caller), rulesVersion }, { key: retryKey })
      return { body: await versionOf(caller.org, rulesVersion) }
    },
    async rejectRules({ caller, params, body, retryKey }) {
      const rulesVersion = numberOf(params.version)
      const command = { type: 'rules.reject', actor: actorOf(caller), rulesVersion, reason: body.reason } as const
      await submitFor(log, caller, command, { key: retryKey })
      return { body: await versionOf(caller.org, rulesVersion) }
    },
  }
}

type OverrideOperations = 'overrideRules' | 'endRulesOverride' | 'listRulesOverrides'

function overrideHandlers({ log, reads }: RulesPorts): Pick<Handlers, OverrideOperations> {
  return {
    async overrideRules({ caller, body, retryKey }) {
      const { when = 'true', then, reason } = body
      const expiresAtMs = msOf(body.expiresAt, 'expiresAt')
      const command = { type: 'rules.override', actor: actorOf(caller), when, then, reason, expiresAtMs } as const
      const { result } = await submitFor(log, caller, command, { key: retryKey })
      const made = await reads.read(caller.org, (tx) => readOverrides(tx, caller.org, { before: null, limit: 50 }))
      const own = made.find(({ overrideId }) => overrideId === result.overrideId)
      if (own === undefined) throw new Refused('not_found')
      return { body: shownOverride(own) }
    },
    async endRulesOverride({ caller, retryKey }) {
      await submitFor(log, caller, { type: 'rules.end-override', actor: actorOf(caller) }, { key: retryKey })
      return {}
    },
    async listRulesOverrides({ caller: { org }, query }) {
      const limit = query.limit ?? defaultLimit
      const before = readKeyset(query.after)?.at ?? null
      const overrides = await reads.read(org, (tx) => readOverrides(tx, org, { before, limit: limit + 1 }))
      return { body: pageOf(overrides, limit, shownOverride, ({ position }) => ({ at: position, id: 'override' })) }
    },
  }
}

async function rulesInForce({ reads }: RulesPorts, org: string) {
  return reads.read(org, async (tx) => {
    const { rules } = await readConfiguration(tx, org)
    const current = await readVersion(tx, org, rules?.current?.rulesVersion ?? 0)
    if (current === null) throw new Error('the rules in effect are in the log')
    const scheduled = await Promise.all((rules?.scheduled ?? []).map((one) => readVersion(tx, org, one.rulesVersion)))
    const awaiting = rules?.awaiting === undefined ? null : await readVersion(tx, org, rules.awaiting.rulesVersion)
    return {
      current: await published(tx, org, current),
      newest: rules?.newest ?? 0,
      scheduled: scheduled.flatMap((one) => (one === null ? [] : [shown(one)])),
      awaiting: awaiting === null ? null : shown(awaiting),
      override: rules?.override === undefined ? null : inForce(rules.override),
    }
  })
}

const inForce = ({ expiresAtMs, ...override }: RulesOverrideState) => ({
  ...override,
  expiresAt: new Date(expiresAtMs).toISOString(),
})

type Publication = {
  readonly document: RulesDocument
  readonly reason: string
  readonly effectiveAtMs: number | null
  readonly basedOn?: number | undefined
  readonly reverts?: number
}

async function publish(
  { log }: RulesPorts,
  caller: Caller,
  { basedOn, ...publication }: Publication,
  key: string | undefined,
): Promise<number> {
  const actor = actorOf(caller)
  const command = {
    type: 'rules.publish',
    actor,
    ...publication,
    ...(basedOn !== undefined && { basedOn }),
  } as const
  const { result } = await submitFor(log, caller, command, { key })
  return result.rulesVersion ?? 0
}

/** The document without an error; warnings do not stand in the way. */
async function documentOf(ports: RulesPorts, org: string, given: GivenRules): Promise<RulesDocument> {
  requireOne(given)
  const { document, findings } = readRules(given, await knownTo(ports, org))
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (document !== null && errors.length === 0) return document
  throw new Refused('invalid_configuration', {
    errors: errors.slice(0, 50).map(({ path, message, line, column }) => ({
      path: `/document${path}`,
      message: line === null ? message : `line ${line}, column ${column ?? 1}: ${message}`,
    })),
  })
}

function requireOne({ text, document }: GivenRules): void {
  if ((text === undefined) !== (document === undefined)) return
  const message = 'is needed, either as text or as document'
  throw new Refused('invalid_request', { errors: [{ path: '/body/text', message }] })
}

function msOf(instant: string, field: string): number {
  const ms = Date.parse(instant)
  if (Number.isFinite(ms)) return ms
  throw new Refused('invalid_request', { errors: [{ path: `/body/${field}`, message: 'is no RFC 3339 instant' }] })
}

async function knownTo({ reads, nowMs }: RulesPorts, org: string): Promise<KnownToRules> {
  const stored: StoredConfiguration = await reads.read(org, (tx) => readConfiguration(tx, org))
  return {
    teams: new Set(stored.teams.map(({ teamId }) => teamId)),
    apps: new Set(stored.apps.keys()),
    skills: new Set([...stored.agents.values()].flatMap(({ skills = {} }) => Object.keys(skills))),
    yearWithoutHolidays: yearWithoutHolidays(nowMs()),
    agents: new Set(stored.agents.keys()),
    tags: new Set(stored.settings?.customers?.tags),
  }
}
