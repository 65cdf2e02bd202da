import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allScopes, type LoggedEvent, type Scope } from '@duoke/contract'
import { eventFrame } from './public-event.ts'
import { createAudience, offer, type Subscriber } from './subscriber.ts'

type Remembering = Subscriber & { readonly got: string[] }

function reader(agentId: string | null, view: 'agent' | 'all', scopes: readonly Scope[] = allScopes): Remembering {
  const got: string[] = []
  return {
    ...{
      tokenId: `tk_${agentId}`,
      agentId,
      view,
      got,
      scopes: new Set(scopes),
      unseen: new Set(),
      watching: new Set<string>(),
      position: 0,
    },
    send: (frame) => void got.push(String(frame)),
    sendParts: () => {},
    drained: async () => {},
    end: () => {},
  }
}

const event = (position: number, conversationId: string): LoggedEvent => ({
  ...{ position, version: 1, atMs: 0, actor: { kind: 'customer', customerId: 'cu_1' }, type: 'message.received' },
  facts: { conversationId, sessionId: null, messageId: 'ms_1', kind: 'text', sentAt: '', opens: null },
  personal: { content: { type: 'text', text: '机密' }, raw: '<xml>raw</xml>' },
})
const frameOf = (position: number, conversationId = 'cv_1') =>
  eventFrame(event(position, conversationId), (at) => `c${at}`)

test('an event is offered once: what a reader has already is not sent again', () => {
  const lili = reader('lili', 'agent')
  for (const position of [1, 2, 2, 1, 3]) offer(lili, frameOf(position), () => true)
  assert.deepEqual(
    lili.got.map((text) => JSON.parse(text).event.position),
    [1, 2, 3],
  )
})

test('what is not for a reader moves its position all the same', () => {
  const wu = reader('wu', 'agent')
  offer(wu, frameOf(1), () => false)
  assert.deepEqual([wu.got, wu.position], [[], 1])
})

test('the text of an event is written once for all who see the same of it', () => {
  const frame = frameOf(1)
  const all = new Set(allScopes)
  assert.equal(frame.textFor(all), frame.textFor(new Set(allScopes)))
  assert.match(String(frame.textFor(all)), /机密/)
  assert.doesNotMatch(String(frame.textFor(all)), /raw/)
  assert.doesNotMatch(String(frame.textFor(new Set(['conversations:read']))), /机密/)
  assert.equal(frame.textFor(new Set(['messages:read'])), null)
})

test('an event costs those whom it concerns: holders before and after, watchers, and who sees all', () => {
  const audience = createAudience()
  const [lili, wu, boss, app] = [
    reader('lili', 'agent'),
    reader('wu', 'agent'),
    reader('boss', 'agent'),
    reader(null, 'all'),
  ]
  for (const one of [lili, wu, boss, app]) audience.add(one)
  audience.watch(boss, ['cv_1'])
  assert.deepEqual(audience.of('cv_1', ['lili', null]), new Set([app, boss, lili]))
  assert.deepEqual(audience.of('cv_2', ['lili', 'wu']), new Set([app, lili, wu]))
  assert.equal(audience.of(null, []).size, 4)
  audience.watch(boss, [])
  audience.remove(lili)
  assert.deepEqual(audience.of('cv_1', ['lili']), new Set([app]))
})
