import type { RuleFinding } from '@duoke/contract'
import { checkRules, type Finding } from '@duoke/domain'
import { yearWithoutHolidays } from '../routing/holidays.ts'
import type { FieldError, LiteralDocument } from './configuration-document.ts'
import type { StoredConfiguration } from './configuration-store.ts'

type Applied = { readonly document: LiteralDocument; readonly stored: StoredConfiguration; readonly prune: boolean }

/** What the rules of a document name must exist once the document is applied. */
export function rulesChecks(document: LiteralDocument, stored: StoredConfiguration, prune: boolean): FieldError[] {
  return findingsOf({ document, stored, prune }, null)
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message }) => ({ path, message }))
}

/** What is doubtful in the rules of a document, and does not stand in its way. */
export function rulesWarnings(applied: Applied, nowMs: number): RuleFinding[] {
  return findingsOf(applied, yearWithoutHolidays(nowMs))
    .filter(({ severity }) => severity === 'warning')
    .map(({ at: _, ...finding }) => ({ ...finding, line: null, column: null }))
}

function findingsOf({ document, stored, prune }: Applied, yearWithout: number | null): Finding[] {
  const { rules } = document
  if (rules === undefined) return []
  const known = { ...knownAfter(document, stored, prune), yearWithoutHolidays: yearWithout }
  return checkRules(rules, known).map((finding) => ({ ...finding, path: `/rules${finding.path}` }))
}

/** Teams, apps and skills as the document leaves them. */
function knownAfter(document: LiteralDocument, stored: StoredConfiguration, prune: boolean) {
  const kept = <T>(given: readonly unknown[] | undefined, before: Iterable<T>) =>
    given === undefined || !prune ? [...before] : []
  const skillsOf = (agents: Iterable<{ readonly skills?: object }>) =>
    [...agents].flatMap(({ skills = {} }) => Object.keys(skills))
  const given = document.agents?.map(({ id }) => id) ?? []
  const others = kept(document.agents, stored.agents.values()).filter(({ agentId }) => !given.includes(agentId))
  return {
    teams: new Set([
      ...(document.teams?.map(({ id }) => id) ?? []),
      ...kept(document.teams, stored.teams).map(({ teamId }) => teamId),
    ]),
    apps: new Set([...(document.apps?.map(({ id }) => id) ?? []), ...kept(document.apps, stored.apps.keys())]),
    agents: new Set([...given, ...others.map(({ agentId }) => agentId)]),
    tags: new Set(document.organization.customers?.tags ?? stored.settings?.customers?.tags),
    skills: new Set([
      ...skillsOf(
        (document.agents ?? []).map(({ id, skills }) => ({ skills: skills ?? stored.agents.get(id)?.skills })),
      ),
      ...skillsOf(others),
    ]),
  }
}
