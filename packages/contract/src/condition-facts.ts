/** What a responder's condition may look at, with the type of each fact in CEL. */
export const conditionFacts = {
  message: { type: 'string', text: 'string', event: 'string', key: 'string' },
  conversation: { holder: { kind: 'string', id: 'string' }, isFirst: 'bool' },
  customer: { id: 'string', following: 'bool', tags: 'list<string>', owner: 'string' },
  account: { id: 'string', kind: 'string' },
  time: { hour: 'int', minute: 'int', weekday: 'int', date: 'string' },
} as const

/** What conditions of rules look at; `hours` has besides a fact for each name of the document. */
export const ruleFacts = {
  ...conditionFacts,
  time: { ...conditionFacts.time, holiday: 'string' },
  queue: { length: 'int' },
  team: { waiting: 'map<string, int>', online: 'map<string, int>', free: 'map<string, int>' },
  agent: { last: 'string', lastIsFree: 'bool', ownerIsFree: 'bool' },
} as const
