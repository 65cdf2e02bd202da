import type {
  Body,
  DecisionEntry,
  PublishedRules,
  RuleFinding,
  RulesDocument,
  RulesInForce,
  RulesOverride,
} from '@duoke/contract'
import { implicitRules } from '@duoke/contract'
import { parse } from 'yaml'

/** The published versions of a fake organization, newest last. */
export class FakeRules {
  readonly versions: PublishedRules[] = []
  readonly decisions: DecisionEntry[] = []
  readonly overrides: RulesOverride[] = []
  /** The next version waits for somebody else. */
  needsApproval = false
  awaiting: number | undefined
  readonly #now: () => string
  #current = 0

  constructor(now: () => string) {
    this.#now = now
  }

  publish(document: RulesDocument, reason: string, reverts: number | null = null, by = 'lili'): PublishedRules {
    const version: PublishedRules = {
      version: this.versions.length + 1,
      at: this.#now(),
      by: { kind: 'agent', agentId: by },
      effectiveAt: this.#now(),
      changes: [{ kind: 'rule', id: document.rules[0]?.id ?? '', change: 'changed' }],
      starvationBoundMs: 540_000,
      ...{ reason, reverts, document, awaitsApproval: this.needsApproval },
    }
    this.versions.push(version)
    if (this.needsApproval) this.awaiting = version.version
    else this.#current = version.version
    return version
  }

  version(number: number): PublishedRules | undefined {
    if (number > 0) return this.versions[number - 1]
    const none = { at: null, by: null, effectiveAt: null, reverts: null, reason: '', awaitsApproval: false }
    return { version: 0, ...none, document: implicitRules, changes: [], starvationBoundMs: 540_000 }
  }

  inForce(): RulesInForce {
    const current = this.version(this.#current)
    if (current === undefined) throw new Error('version 0 is always there')
    const awaiting = this.awaiting === undefined ? null : (this.version(this.awaiting) ?? null)
    const override = this.overrides.find(({ endedAt }) => endedAt === null) ?? null
    return { current, newest: this.versions.length, scheduled: [], awaiting, override }
  }

  answer(isApproved: boolean): PublishedRules | undefined {
    const awaiting = this.awaiting
    if (isApproved && awaiting !== undefined) this.#current = awaiting
    this.awaiting = undefined
    return awaiting === undefined ? undefined : this.version(awaiting)
  }

  override({ when = 'true', then, reason, expiresAt }: Body<'overrideRules'>): RulesOverride {
    this.endOverride()
    const made = {
      overrideId: this.overrides.length + 1,
      at: this.#now(),
      by: { kind: 'agent', agentId: 'lili' },
    } as const
    const override = { ...made, rule: { id: 'override', when, then }, reason, expiresAt, endedAt: null, decisions: 3 }
    this.overrides.unshift(override)
    return override
  }

  endOverride(): void {
    const [last] = this.overrides
    if (last !== undefined && last.endedAt === null) this.overrides[0] = { ...last, endedAt: this.#now() }
  }

  /** Only what the tests write wrong: a team that is not there, and text that is no YAML. */
  findings(text: string): RuleFinding[] {
    const at = text.split('\n').findIndex((line) => line.includes('nowhere'))
    const finding = (code: string, message: string, line: number): RuleFinding => ({
      severity: 'error',
      path: '/rules/0/then/team',
      column: 1,
      ...{ code, message, line },
    })
    if (at >= 0) return [finding('unknown_team', 'there is no team nowhere', at + 1)]
    try {
      parse(text)
      return []
    } catch (error) {
      return [finding('unparsable', String(error), 1)]
    }
  }
}

export const ruleTo = (team: string): RulesDocument => ({
  version: 1,
  rules: [{ id: 'presale', when: "message.text.contains('多少钱')", then: { team } }],
})

/** The office's hours, with a day on which it closes early. */
export function withHours({ rules }: { readonly rules: FakeRules }): void {
  const open = ['09:00-12:00', '13:30-18:00']
  const weekly = { mon: open, tue: open, wed: open, thu: open, fri: open }
  const exceptions = [{ from: '2026-10-02', open: ['10:00-12:00'], note: '值班' }]
  rules.publish({ ...ruleTo('aftersale'), hours: { office: { weekly, holidays: 'cn', exceptions } } }, '服务时间')
}

export function withVersions({ rules }: { readonly rules: FakeRules }): void {
  rules.publish(ruleTo('presale'), '报价归售前')
  rules.publish(ruleTo('aftersale'), '售前休假')
}

/** One decision for each of the agents, newest first. */
export function withDecisions(world: { readonly rules: FakeRules; at(offsetMs?: number): string }, agentIds: string[]) {
  for (const [index, agentId] of agentIds.entries()) {
    const session = { conversationId: 'cv_1', sessionId: 'ss_1' }
    world.rules.decisions.push({
      ...{ id: `de_${index}`, position: index, at: world.at(-index * 60_000), ...session },
      ...{ cause: 'new session', rulesVersion: 2, ruleId: 'presale', tieBreak: null, agent: null },
      winner: { kind: 'agent', agentId, stintId: 'st_1', since: world.at() },
    })
  }
}
