import { type Hours, type Rule, type RuleStrategy, type RulesDocument, weekdays } from '@duoke/contract'
import type { Random } from '../random.ts'
import { withBox } from './walk-message-box.ts'

const strategies = ['least-loaded', 'longest-idle', 'round-robin', 'most-spare', 'skill-weighted'] as const
const conditions = [
  "message.text.contains('hello')",
  "account.id == 'shop'",
  'queue.length > 1',
  'hours.office',
  'conversation.isFirst',
  'agent.lastIsFree',
  "'vip' in customer.tags && agent.ownerIsFree",
  "'vip' in team.free && team.free['vip'] > 0",
  'time.minute / (time.hour - time.hour) > 1',
]

function randomStrategy(random: Random, hasFirstSteps: boolean): RuleStrategy {
  // Seeds of before there was another way go on to mean what they meant.
  if (!hasFirstSteps || random.chance(0.7)) return random.pick(strategies) ?? 'least-loaded'
  if (random.chance(0.2)) return 'broadcast'
  const then = random.pick(strategies) ?? 'least-loaded'
  return { broadcast: { offerMs: 1000 * (1 + random.below(60)), ...(random.chance(0.5) && { then }) } }
}

function randomThen(random: Random, teams: readonly string[], hasFirstSteps: boolean): Rule['then'] {
  const team = random.chance(0.5) ? random.pick(teams) : undefined
  const other = random.pick(teams)
  const seconds = () => 1000 * (1 + random.below(600))
  const skill = random.pick(['refund', '粤语']) ?? 'refund'
  return {
    ...(team !== undefined && { team }),
    strategy: randomStrategy(random, hasFirstSteps),
    ...(random.chance(0.4) && {
      skills: [
        {
          skill,
          level: 1 + random.below(4),
          required: random.chance(0.6),
          relaxAfterMs: random.chance(0.9) ? seconds() : null,
        },
      ],
    }),
    ...(random.chance(0.5) && { priority: random.below(10) }),
    ...(random.chance(0.3) && {
      sticky: { to: random.chance(0.5) ? 'last-agent' : 'owner', forMs: random.chance(0.5) ? seconds() : 0 } as const,
    }),
    ...(random.chance(0.3) && other !== undefined && { overflow: [{ afterMs: seconds(), team: other }] }),
    ...(random.chance(0.15) && {
      queue: { maxLength: random.below(4), maxWaitMs: 10 * seconds(), refusal: '请稍后再来' },
    }),
    ...(random.chance(0.1) && { app: 'bot' }),
    ...(random.chance(0.2) && { reply: '您好' }),
    ...(random.chance(0.2) && { named: { waitMs: random.pick([0, 20_000, null]) ?? null } }),
    ...(random.chance(0.2) && { placeReply: { words: ['hello'], reply: '{position}' } }),
    ...(random.chance(0.2) && { tags: ['vip'] }),
    ...(random.chance(0.05) && { refuse: { reason: 'closed', reply: '已下班' } }),
  }
}

const office: Hours = {
  weekly: Object.fromEntries(weekdays.map((day) => [day, ['09:00-12:00', '13:00-20:30', '22:00-01:00']])),
}

/** A document (with broadcasts where `hasFirstSteps`) that may be published where these teams are, and where somebody has each skill. */
export function randomRules(
  random: Random,
  teams: readonly string[],
  { hasFirstSteps, box }: { readonly hasFirstSteps: boolean; readonly box: Random | null },
): RulesDocument {
  const count = random.below(5)
  const chosen = conditions.filter(() => random.chance(0.6)).slice(0, count)
  const rules = chosen.map(
    (when, at): Rule => ({ id: `rule-${at}`, when, then: randomThen(random, teams, hasFirstSteps) }),
  )
  const last: Rule = {
    id: 'else',
    when: 'true',
    then: random.chance(0.5) ? randomThen(random, teams, hasFirstSteps) : {},
  }
  const named = teams.filter(() => random.chance(0.4))
  return {
    version: 1,
    ageingMs: 30_000,
    hours: { office },
    teams: Object.fromEntries(
      named.map((team) => [
        team,
        { ...(random.chance(0.6) && { hours: 'office' }), strategy: randomStrategy(random, hasFirstSteps) },
      ]),
    ),
    rules: [...rules, last].map((rule) => (box === null ? rule : withBox(box, rule))),
  }
}
