// The organization that is measured: agents, skills, and a rule for each skill.
import type { RulesDocument } from '@duoke/contract'
import type { Command, ResolvedConfiguration } from '@duoke/domain'
import { account, agent, settings } from '../../packages/domain/src/testing/world.ts'

export const accountId = 'oa'
const operator = { kind: 'operator' } as const
const skillsEach = 8

/** One in ten agents, and the tenth of the skills that they alone have, is not busy: whoever asks for these is served at once. */
const isSpare = (index: number): boolean => index % 10 === 9

export type Crew = {
  /** Agents and skills. The skills are the conditions of as many rules, so at most 200. 0: no rules, and everybody serves everyone. */
  readonly agents: number
  readonly skills: number
  readonly capacity: number
  /** How much more those who are not busy may hold. */
  readonly spareRoom: number
}

const numbered = (word: string, index: number): string => `${word}-${String(index).padStart(4, '0')}`
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

export const skillsOf = ({ skills }: Crew, spare: boolean): string[] =>
  upTo(skills).flatMap((index) => (isSpare(index) === spare ? [numbered('skill', index)] : []))

export const agentIdsOf = ({ agents }: Crew, spare: boolean): string[] =>
  upTo(agents).flatMap((index) => (isSpare(index) === spare ? [numbered('agent', index)] : []))

/** Eight skills in turn, 23 apart: any two agents have few in common. */
function skillsOfAgent(crew: Crew, index: number): Record<string, number> {
  const all = skillsOf(crew, isSpare(index))
  const given = upTo(Math.min(skillsEach, all.length)).map(
    (turn) => all[(Math.floor(index / 2) + turn * 23) % all.length],
  )
  return Object.fromEntries(given.map((skill) => [skill ?? '', 1]))
}

/** The words by which the rules know what a customer wants are the skill's own name. */
function rulesOf(crew: Crew): RulesDocument {
  const rules = upTo(crew.skills).map((index) => {
    const skill = numbered('skill', index)
    return {
      id: numbered('rule', index),
      when: `message.text == "${skill}"`,
      then: { skills: [{ skill, required: true }] },
    }
  })
  return { version: 1, rules }
}

/** What makes it, in order: the configuration, the rules, and everybody online. */
export function foundingOf(crew: Crew): Command[] {
  const document: ResolvedConfiguration = {
    organization: settings,
    accounts: [account(accountId)],
    teams: [],
    agents: upTo(crew.agents).map((index) => {
      const capacity = crew.capacity + (isSpare(index) ? crew.spareRoom : 0)
      const skills = skillsOfAgent(crew, index)
      return agent(numbered('agent', index), { capacity, ...(crew.skills > 0 && { skills }) })
    }),
    apps: [],
  }
  const reason = 'bench'
  return [
    { type: 'configuration.apply', actor: operator, document, prune: false, dryRun: false },
    ...(crew.skills === 0
      ? []
      : [{ type: 'rules.publish', actor: operator, document: rulesOf(crew), reason, effectiveAtMs: null } as const]),
    ...upTo(crew.agents).map((index): Command => {
      const agentId = numbered('agent', index)
      const actor = { kind: 'agent', agentId } as const
      return { type: 'agent.set-status', actor, agentId, status: 'online', cause: 'chosen' }
    }),
  ]
}

/** A customer asks for a skill, or for anybody. */
export function says(openid: string, skill: string | undefined, sentAtMs: number): Command {
  const content = { type: 'text', text: skill ?? '在吗' } as const
  return { type: 'customer.act', accountId, openid, act: 'message', kind: 'text', content, sentAtMs }
}

export function closes(agentId: string, conversationId: string): Command {
  return { type: 'session.close', actor: { kind: 'agent', agentId }, conversationId, heldBy: agentId }
}
