import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { byAgent, createDesk, type Desk } from '../testing/desk.ts'
import { agent, settings } from '../testing/world.ts'

const note = (conversationId: string, mentions?: readonly string[]) =>
  ({
    type: 'conversation.note',
    actor: byAgent('ann'),
    conversationId,
    text: '@小博 请看一下',
    ...(mentions !== undefined && { mentions }),
  }) as const
const codeOf = (desk: Desk, command: Parameters<Desk['run']>[0]) => {
  const decision = desk.run(command)
  return decision.accepted ? 'accepted' : decision.code
}

describe('notes', () => {
  test('whoever holds the conversation, and when nobody does: the note is in the log, once for each who is mentioned', () => {
    const desk = createDesk()
    desk.status('bob', 'online')
    const id = desk.says('o1')
    const { events } = desk.must(note(id, ['bob', 'ann', 'bob']))
    const [noted] = events
    assert.ok(noted?.type === 'conversation.noted')
    assert.deepEqual(noted.facts.mentions, ['bob', 'ann'])
    assert.equal(noted.facts.sessionId, desk.conversation(id).sessionId)
    assert.equal(desk.holder(id), 'agent:bob', 'the holder stays')
    desk.must({ type: 'session.close', actor: byAgent('bob'), conversationId: id })
    const [later] = desk.must(note(id)).events
    assert.ok(later?.type === 'conversation.noted')
    assert.deepEqual([later.facts.sessionId, later.facts.mentions], [null, []])
  })

  test('hostile: nobody who is not there, or works here no more, is mentioned', () => {
    const desk = createDesk()
    const id = desk.says('o1')
    desk.apply({ organization: settings, agents: [agent('ann'), agent('bob', { disabled: true })] })
    assert.equal(codeOf(desk, note(id, ['bob'])), 'not_found')
    assert.equal(codeOf(desk, note(id, ['__proto__'])), 'not_found')
    assert.equal(codeOf(desk, note('cv_none')), 'not_found')
    assert.equal(
      codeOf(desk, { type: 'agent.see-mentions', actor: byAgent('eve'), agentId: 'eve', upTo: 1 }),
      'not_found',
    )
  })

  test('what is not yet written nobody has seen', () => {
    const desk = createDesk()
    const id = desk.says('o1')
    desk.must(note(id, ['bob']))
    const { position } = desk.state
    const seen = { type: 'agent.see-mentions', actor: byAgent('bob'), agentId: 'bob', upTo: position + 1000 } as const
    const [event] = desk.must(seen).events
    assert.ok(event?.type === 'agent.mentions-seen')
    assert.equal(event.facts.upTo, position)
  })
})
