import type { Facts } from '@duoke/contract'
import type { FakeWorld } from './fake-world.ts'

/** An app's passive reply, if one was sent, and the choice that led to it. */
export function arbitrate(
  world: FakeWorld,
  id: string,
  words: string,
  answers: Facts<'reply.arbitrated'>['answers'],
): void {
  const winner = answers.find(({ became }) => became === 'sent')
  const { holder } = world.conversation(id)
  if (winner !== undefined) replyAtOnce(world, id, words, winner.appId)
  world.change(id, {})
  const facts = {
    ...{ conversationId: id, messageId: 'ms_asked', holder, answers, inTime: true },
    winner: winner === undefined ? ({ kind: 'nobody' } as const) : ({ kind: 'app', appId: winner.appId } as const),
  }
  world.tell(world.emit('reply.arbitrated', { kind: 'rule', rule: 'arbitration' }, facts), id)
}

function replyAtOnce(world: FakeWorld, id: string, words: string, appId: string): void {
  const { sessionId } = world.conversation(id)
  const content = { type: 'text', text: words } as const
  const messageId = `ms_${world.position + 1}`
  world.change(id, { lastMessage: { at: world.at(), direction: 'out', preview: words, kind: 'text' } })
  const facts = { conversationId: id, sessionId, stintId: null, messageId, kind: 'text', via: 'passive-reply' } as const
  const event = world.emit(
    'message.submitted',
    { kind: 'app', appId },
    { ...facts, reserved: null, expiresAt: world.at(600_000) },
    { content },
  )
  world.keep(id, {
    ...{ id: messageId, conversationId: id, sessionId, position: event.position, at: event.at, sender: event.actor },
    ...{ direction: 'out', via: 'passive-reply', content, delivery: { state: 'unknown' } },
  })
  world.tell(event, id)
}
