import type { OverflowTarget, Rule, RuleFinding, RulesDocument } from '@duoke/contract'
import { highestPriority } from '@duoke/contract'
import type { Environment } from '@marcbachmann/cel-js'
import { isTimeZone } from '../hours/time-zone.ts'
import { checkWords } from './check-words.ts'
import { environmentFor, faultOfRule, faultOfTeams, meaningOf, tagsNamedIn } from './facts.ts'
import { ageingOf } from './plan.ts'

/** A finding without its place in a text: `at` counts characters within the condition. */
export type Finding = Pick<RuleFinding, 'severity' | 'code' | 'path' | 'message'> & { readonly at?: number }
export type Known = {
  readonly teams: ReadonlySet<string>
  readonly apps: ReadonlySet<string>
  readonly skills: ReadonlySet<string>
  readonly agents: ReadonlySet<string>
  /** Tags to choose from; without any, every tag is taken. */
  readonly tags: ReadonlySet<string>
  /** The first year to come soon of which no official holidays are known; null: there is none. */
  readonly yearWithoutHolidays: number | null
}

const error = (code: string, path: string, message: string, at?: number | null): Finding => ({
  severity: 'error',
  ...{ code, path, message },
  ...(at != null && { at }),
})
const warning = (code: string, path: string, message: string): Finding => ({
  severity: 'warning',
  ...{ code, path, message },
})

/** Everything that can be known of a document of the right form before it routes anybody. Errors forbid publishing. */
export function checkRules(document: RulesDocument, known: Known): Finding[] {
  const environment = environmentFor(Object.keys(document.hours ?? {}))
  return [
    ...document.rules.flatMap((rule, at) => checkRule(rule, `/rules/${at}`, { known, environment })),
    ...document.rules.flatMap((rule, at) => checkWords(rule, `/rules/${at}/then`)),
    ...reachable(document, environment),
    ...hoursOf(document),
    ...holidaysOf(document, known),
    ...teamsOf(document, known),
    ...overflowOf(document),
    ...starvationOf(document),
  ]
}

function checkRule(
  { when, then }: Rule,
  path: string,
  { known, environment }: { readonly known: Known; readonly environment: Environment },
): Finding[] {
  const fault = faultOfRule(environment, when)
  const targets: readonly OverflowTarget[] = then.overflow ?? []
  const team = fault === null ? faultOfTeams(environment, when, known.teams) : null
  const teams = [
    ...(then.team === undefined ? [] : [[then.team, 'team'] as const]),
    ...targets.flatMap(({ team: more }, at) => (more === undefined ? [] : [[more, `overflow/${at}/team`] as const])),
  ]
  const apps = [
    ...(then.app === undefined ? [] : [[then.app, 'app'] as const]),
    ...targets.flatMap(({ app }, at) => (app === undefined ? [] : [[app, `overflow/${at}/app`] as const])),
  ]
  const skills = then.skills ?? []
  return [
    ...(fault === null ? [] : [error(fault.code, `${path}/when`, fault.message, fault.at)]),
    ...(team === null ? [] : [error('unknown_team', `${path}/when`, team.message, team.at)]),
    ...teams
      .filter(([id]) => !known.teams.has(id))
      .map(([id, field]) => error('unknown_team', `${path}/then/${field}`, `there is no team ${id}`)),
    ...apps
      .filter(([id]) => !known.apps.has(id))
      .map(([id, field]) => error('unknown_app', `${path}/then/${field}`, `there is no app ${id}`)),
    ...targetsOf(then, path),
    ...(then.owner !== undefined && !known.agents.has(then.owner)
      ? [error('unknown_agent', `${path}/then/owner`, `there is no agent ${then.owner}`)]
      : []),
    ...tagsOf(then.tags ?? [], strangeTag(known), path),
    ...(fault === null ? tagsIn(environment, when, strangeTag(known), path) : []),
    ...skills.flatMap(({ skill, required = true, relaxAfterMs = null }, at) => {
      if (known.skills.has(skill)) return []
      const place = `${path}/then/skills/${at}/skill`
      const isHopeless = required && relaxAfterMs === null
      const message = `no agent has the skill ${skill}`
      return [
        isHopeless
          ? error('unknown_skill', place, `${message}, so nobody could serve`)
          : warning('unknown_skill', place, message),
      ]
    }),
  ]
}

/** An app and the message box are the end of waiting, so there is one of each at most. */
function targetsOf({ overflow: targets = [], messageBox, queue }: Rule['then'], path: string): Finding[] {
  const overflow: readonly OverflowTarget[] = targets
  const place = (at: number) => `${path}/then/overflow/${at}`
  const again = (['app', 'messageBox'] as const).flatMap((kind) => {
    const own = overflow.flatMap((target, at) => (target[kind] === undefined ? [] : [at]))
    return own.slice(1).map((at) => error('repeated_target', place(at), `overflows to the ${nameOf[kind]} twice`))
  })
  const box = overflow.findIndex((target) => target.messageBox === true)
  if (box < 0) return again
  if (messageBox === undefined) {
    return [...again, error('no_message_box', place(box), 'the rule does not say what `messageBox` is')]
  }
  const afterMs = overflow[box]?.afterMs ?? 0
  const isNever = queue?.maxWaitMs !== undefined && queue.maxWaitMs < afterMs
  const late = overflow.flatMap((target, at) => (target.afterMs >= afterMs && at !== box ? [at] : []))
  return [
    ...again,
    ...(isNever
      ? [warning('never_left', place(box), 'who waits is refused before: `queue.maxWaitMs` is shorter')]
      : []),
    ...late.map((at) => warning('after_message_box', place(at), 'nobody waits any more by then: a message was left')),
  ]
}
const nameOf = { app: 'app', messageBox: 'message box' } as const

type Strange = (tag: string) => boolean
const strangeTag =
  ({ tags }: Known): Strange =>
  (tag) =>
    tags.size > 0 && !tags.has(tag)

const tagsOf = (tags: readonly string[], isStrange: Strange, path: string): Finding[] =>
  tags.flatMap((tag, at) =>
    isStrange(tag) ? [error('unknown_tag', `${path}/then/tags/${at}`, `there is no tag ${tag}`)] : [],
  )

/** Customers may still have one that was taken off the list. */
const tagsIn = (environment: Environment, when: string, isStrange: Strange, path: string): Finding[] =>
  tagsNamedIn(environment, when).flatMap((tag) =>
    isStrange(tag) ? [warning('unknown_tag', `${path}/when`, `there is no tag ${tag}`)] : [],
  )

/** The first rule that is true decides: what stands behind one that is always true, or repeats a condition, never does. */
function reachable({ rules }: RulesDocument, environment: Environment): Finding[] {
  const findings: Finding[] = []
  const seen = new Map<string, string>()
  const ids = new Set<string>()
  let always: string | null = null
  for (const [at, { id, when }] of rules.entries()) {
    const path = `/rules/${at}`
    if (ids.has(id)) findings.push(error('repeated_id', `${path}/id`, `${id} is there twice`))
    ids.add(id)
    const meaning = meaningOf(environment, when)
    const same = seen.get(meaning)
    if (always !== null) findings.push(error('unreachable', path, `${always} is always true and decides before it`))
    else if (same !== undefined)
      findings.push(error('unreachable', path, `${same} has the same condition and decides before it`))
    else if (meaning === 'false') findings.push(warning('never_true', `${path}/when`, 'is never true'))
    if (meaning === 'true') always ??= id
    if (same === undefined) seen.set(meaning, id)
  }
  if (always !== null) return findings
  const message =
    "no rule is true for everybody: put one with the condition `true` last, or they go to the account's teams"
  return [...findings, warning('no_catch_all', '/rules', message)]
}

function hoursOf({ hours = {}, teams = {} }: RulesDocument): Finding[] {
  const zones = Object.entries(hours).flatMap(([name, { timeZone }]) =>
    timeZone === undefined || isTimeZone(timeZone)
      ? []
      : [error('unknown_time_zone', `/hours/${name}/timeZone`, 'is no IANA time zone such as Asia/Shanghai')],
  )
  const equal = Object.entries(hours).flatMap(
    ([name, { weekly, onHolidays = [], onMadeUpDays = [], exceptions = [] }]) => {
      const lists = [
        ...Object.entries(weekly).map(([day, ranges]) => [`weekly/${day}`, ranges] as const),
        ['onHolidays', onHolidays] as const,
        ['onMadeUpDays', onMadeUpDays] as const,
        ...exceptions.map(({ open }, at) => [`exceptions/${at}/open`, open] as const),
      ]
      return lists.flatMap(([field, ranges]) =>
        ranges.flatMap((range, at) => {
          const [from, to] = range.split('-')
          return from === to
            ? [error('empty_range', `/hours/${name}/${field}/${at}`, 'has no length; a whole day is 00:00-24:00')]
            : []
        }),
      )
    },
  )
  const named = Object.entries(teams).flatMap(([team, { hours: name }]) =>
    name === undefined || name in hours
      ? []
      : [error('unknown_hours', `/teams/${team}/hours`, `there are no hours ${name}`)],
  )
  return [...zones, ...equal, ...named]
}

/** Such a year is served as if it had neither holidays nor days made up for them. */
function holidaysOf({ hours = {} }: RulesDocument, { yearWithoutHolidays: year }: Known): Finding[] {
  if (year === null) return []
  return Object.entries(hours).flatMap(([name, { holidays }]) =>
    holidays === 'cn'
      ? [
          warning(
            'no_holiday_table',
            `/hours/${name}/holidays`,
            `the installed tables have no official holidays of ${year} yet: until they do, its days count as ordinary ones`,
          ),
        ]
      : [],
  )
}

function teamsOf({ teams = {} }: RulesDocument, known: Known): Finding[] {
  return Object.keys(teams)
    .filter((team) => !known.teams.has(team))
    .map((team) => error('unknown_team', `/teams/${team}`, `there is no team ${team}`))
}

/** Who overflows from a team to another one whose own customers overflow back may go around for ever. */
function overflowOf({ rules }: RulesDocument): Finding[] {
  const edges = new Map<string, Set<string>>()
  for (const { then } of rules) {
    if (then.team === undefined) continue
    const to = edges.get(then.team) ?? new Set()
    for (const target of then.overflow ?? []) if ('team' in target) to.add(target.team)
    edges.set(then.team, to)
  }
  const leadsTo = (from: string, goal: string, seen: Set<string>): boolean => {
    if (seen.has(from)) return false
    seen.add(from)
    const next = [...(edges.get(from) ?? [])]
    return next.includes(goal) || next.some((team) => leadsTo(team, goal, seen))
  }
  return rules.flatMap(({ then }, at) => {
    const { team } = then
    if (team === undefined || then.overflow === undefined || !leadsTo(team, team, new Set())) return []
    const path = `/rules/${at}/then/overflow`
    return [
      warning(
        'overflow_cycle',
        path,
        `${team} overflows to teams that overflow back to it: under load each waits for the other`,
      ),
    ]
  })
}

/** How much later than somebody one may come and still be served before them, in milliseconds; null when there is no such bound. */
export function starvationBoundMs({ rules, ageingMs }: RulesDocument): number | null {
  const priorities = rules.flatMap(({ then }) => (then.refuse === undefined ? [then.priority ?? 0] : []))
  const spread = Math.max(0, ...priorities) - Math.min(highestPriority, 0, ...priorities)
  const ageing = ageingOf(ageingMs)
  if (spread === 0) return 0
  return ageing === null ? null : spread * ageing
}

function starvationOf(document: RulesDocument): Finding[] {
  if (starvationBoundMs(document) !== null) return []
  const message = 'without ageing who has a low priority may wait for ever while others come'
  return [warning('starvation', '/ageingMs', message)]
}
