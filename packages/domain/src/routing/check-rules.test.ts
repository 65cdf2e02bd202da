import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RulesDocument } from '@duoke/contract'
import { checkRules, starvationBoundMs } from './check-rules.ts'

const known = {
  teams: new Set(['sales', 'refunds', 'night']),
  apps: new Set(['bot']),
  skills: new Set(['refund']),
  agents: new Set(['ann']),
  tags: new Set(['vip']),
  yearWithoutHolidays: 2027,
}
const all = { id: 'all', when: 'true', then: {} }
type Rules = RulesDocument['rules']

function found(rules: Rules, more: Partial<RulesDocument> = {}): string[] {
  return checkRules({ version: 1, rules, ...more }, known).map(
    ({ severity, code, path, at }) => `${severity} ${code} ${path}${at === undefined ? '' : `+${at}`}`,
  )
}

test('hours with holidays are warned of a year to come without an official table, and only they', () => {
  const weekly = { mon: ['09:00-18:00'] }
  const hours = { office: { weekly, holidays: 'cn' as const }, night: { weekly } }
  assert.deepEqual(found([all], { hours }), ['warning no_holiday_table /hours/office/holidays'])
  assert.deepEqual(checkRules({ version: 1, rules: [all], hours }, { ...known, yearWithoutHolidays: null }), [])
})

test('nothing is said of a document without fault', () => {
  const rules: Rules = [
    {
      id: 'a',
      when: "hours.office && team.free['sales'] > 0",
      then: { team: 'sales', overflow: [{ afterMs: 1000, team: 'night' }] },
    },
    {
      id: 'b',
      when: "agent.lastIsFree && queue.length < 9 && time.holiday == ''",
      then: { skills: [{ skill: 'refund' }], priority: 3 },
    },
    all,
  ]
  assert.deepEqual(found(rules, { hours: { office: { weekly: { mon: ['09:00-18:00'] } } } }), [])
})

const box = { reply: '请留言' }
const cases: [string, Rules, string[]][] = [
  [
    'words with something in braces that is not filled in there, and updates that say nothing, are never sent or cannot be',
    [
      {
        id: 'x',
        when: 'message.text == "a"',
        then: {
          reply: '{position}',
          waitingReply: '{position} {wait} {name}',
          queue: { maxWaitMs: 60_000, refusal: '{wait}' },
          waitingUpdates: { reply: '请稍候', everyMs: 60_000, atMost: 3, keep: 3 },
        },
      },
      {
        id: 'y',
        when: 'true',
        then: { waitingUpdates: { reply: '{wait}' }, placeReply: { words: ['a'], reply: '{x}' } },
      },
    ],
    [
      'warning unknown_placeholder /rules/0/then/reply',
      'warning unknown_placeholder /rules/0/then/queue/refusal',
      'warning unknown_placeholder /rules/0/then/waitingReply',
      'error says_nothing /rules/0/then/waitingUpdates/reply',
      'warning never_sent /rules/0/then/waitingUpdates/everyMs',
      'warning allowance_short /rules/0/then/waitingUpdates/atMost',
      'warning unknown_placeholder /rules/1/then/placeReply/reply',
    ],
  ],
  [
    'an overflow to no such app, and to an app or the box twice',
    [
      {
        ...all,
        then: {
          messageBox: box,
          overflow: [
            { afterMs: 1000, app: 'bot' },
            { afterMs: 1000, app: 'nobody' },
            { afterMs: 5000, messageBox: true },
            { afterMs: 6000, messageBox: true },
          ],
        },
      },
    ],
    [
      'error unknown_app /rules/0/then/overflow/1/app',
      'error repeated_target /rules/0/then/overflow/1',
      'error repeated_target /rules/0/then/overflow/3',
      'warning after_message_box /rules/0/then/overflow/3',
    ],
  ],
  [
    'a message box that the rule does not have, or that nobody reaches, and what comes behind it',
    [
      { id: 'a', when: 'queue.length > 1', then: { overflow: [{ afterMs: 1000, messageBox: true }] } },
      {
        ...all,
        then: {
          messageBox: box,
          queue: { maxWaitMs: 2000, refusal: '请稍后再来' },
          overflow: [
            { afterMs: 3000, messageBox: true },
            { afterMs: 4000, team: 'night' },
          ],
        },
      },
    ],
    [
      'error no_message_box /rules/0/then/overflow/0',
      'warning never_left /rules/1/then/overflow/0',
      'warning after_message_box /rules/1/then/overflow/1',
    ],
  ],
  [
    'a tag that is not among those to choose from, given or looked for, and an owner who is no agent',
    [
      {
        id: 'x',
        when: "'vip' in customer.tags && 'new' in customer.tags",
        then: { tags: ['vip', 'old'], owner: 'eva' },
      },
      all,
    ],
    [
      'error unknown_agent /rules/0/then/owner',
      'error unknown_tag /rules/0/then/tags/1',
      'warning unknown_tag /rules/0/when',
    ],
  ],
  [
    'a field that does not exist',
    [{ ...all, id: 'x', when: "message.txt == 'a'" }, all],
    ['error no_such_key /rules/0/when+8'],
  ],
  [
    'a variable that does not exist',
    [{ ...all, id: 'x', when: 'tag == 1' }, all],
    ['error unknown_variable /rules/0/when+0'],
  ],
  [
    'hours that are not declared',
    [{ ...all, id: 'x', when: 'hours.night' }, all],
    ['error no_such_key /rules/0/when+6'],
  ],
  [
    'what cannot be parsed',
    [{ ...all, id: 'x', when: 'message.type = 1' }, all],
    ['error unexpected_character /rules/0/when+13'],
  ],
  [
    'what is not true or false',
    [{ ...all, id: 'x', when: 'message.text' }, all],
    ['error not_a_condition /rules/0/when+0'],
  ],
  ['a loop', [{ ...all, id: 'x', when: '[1].all(x, x > 0)' }, all], ['error unknown_function /rules/0/when']],
  [
    'a team in a condition',
    [{ ...all, id: 'x', when: "1 < team.free['vip']" }, all],
    ['error unknown_team /rules/0/when+14'],
  ],
  [
    'teams, skills and apps',
    [
      {
        ...all,
        then: {
          team: 'a',
          overflow: [{ afterMs: 1000, team: 'b' }],
          app: 'c',
          skills: [{ skill: 'd' }, { skill: 'e', required: false }],
        },
      },
    ],
    [
      'error unknown_team /rules/0/then/team',
      'error unknown_team /rules/0/then/overflow/0/team',
      'error unknown_app /rules/0/then/app',
      'error unknown_skill /rules/0/then/skills/0/skill',
      'warning unknown_skill /rules/0/then/skills/1/skill',
    ],
  ],
  [
    'a rule behind one that is always true',
    [all, { ...all, id: 'x', when: 'queue.length > 1' }],
    ['error unreachable /rules/1'],
  ],
  [
    'a condition that was there, however it is written',
    [{ ...all, id: 'x', when: "message.type=='text'" }, { ...all, id: 'y', when: "( message.type == 'text' )" }, all],
    ['error unreachable /rules/1'],
  ],
  ['an id that is there twice', [{ ...all, when: 'queue.length > 1' }, all], ['error repeated_id /rules/1/id']],
  ['that some customers meet no rule', [{ ...all, when: 'queue.length > 1' }], ['warning no_catch_all /rules']],
  [
    'teams that overflow to each other',
    [
      { id: 'x', when: 'queue.length > 1', then: { team: 'sales', overflow: [{ afterMs: 1000, team: 'night' }] } },
      { id: 'y', when: 'true', then: { team: 'night', overflow: [{ afterMs: 1000, team: 'sales' }] } },
    ],
    ['warning overflow_cycle /rules/0/then/overflow', 'warning overflow_cycle /rules/1/then/overflow'],
  ],
]
for (const [what, rules, expected] of cases) {
  test(`finds ${what}`, () => assert.deepEqual(found(rules), expected))
}

test('finds hours of no zone, without length, or not declared', () => {
  const hours = { office: { timeZone: 'Mars/Base', weekly: { mon: ['09:00-09:00'] } } }
  assert.deepEqual(found([all], { hours, teams: { sales: { hours: 'other' }, vip: {} } }), [
    'error unknown_time_zone /hours/office/timeZone',
    'error empty_range /hours/office/weekly/mon/0',
    'error unknown_hours /teams/sales/hours',
    'error unknown_team /teams/vip',
  ])
})

test('says for how long one may be overtaken, and that without ageing it may be for ever', () => {
  const rules = [{ id: 'vip', when: 'queue.length > 1', then: { priority: 4 } }, all]
  assert.equal(starvationBoundMs({ version: 1, rules }), 240_000)
  assert.equal(starvationBoundMs({ version: 1, rules: [all], ageingMs: null }), 0)
  assert.deepEqual(found(rules, { ageingMs: null }), ['warning starvation /ageingMs'])
})
