import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, LoggedEvent, Message } from '@duoke/contract'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { seededRandom } from '../random.ts'
import { randomCommand, randomConfiguration, randomPauseMs } from '../testing/walk.ts'
import { createWorld, type World } from '../testing/world.ts'
import { ledgerOf } from './quota.ts'
import { applyToThread, type ShownEvent } from './thread.ts'
import { applyToConversation, holdingOf, shownBlock } from './view.ts'

const shown = (event: LoggedEvent): ShownEvent => ({ ...event, at: new Date(event.atMs).toISOString() })

/** What a reader gets from the server before it follows the events. */
function snapshotOf(world: World, conversationId: string): Conversation | null {
  const conversation = world.state.conversations.get(conversationId)
  if (conversation === undefined) return null
  const { customerId, accountId, following, tags = [], ownerId = null } = conversation
  return {
    ...holdingOf(conversation, world.nowMs),
    customer: { id: customerId, name: customerId, following, tags: [...tags], ownerId, ...shownBlock(conversation) },
    account: { id: accountId, name: accountId },
    lastMessage: null,
  }
}

function assertConverges(seed: number): void {
  const random = seededRandom(seed)
  const views = new Map<string, Conversation>()
  const world = createWorld({
    onEvent(event) {
      const id = 'conversationId' in event.facts ? event.facts.conversationId : null
      if (id === null) return
      const view = views.get(id)
      const fresh = snapshotOf(world, id)
      if (view === undefined || fresh === null) {
        // Begin to follow somewhere in the middle of things.
        if (fresh !== null && random.chance(0.3)) views.set(id, fresh)
        return
      }
      const next = applyToConversation(view, shown(event))
      assert.deepEqual({ ...next, quota: ledgerOf(next.quota.windows, world.nowMs), lastMessage: null }, fresh)
      assert.equal(applyToConversation(next, shown(event)), next, 'an event that was seen changes nothing')
      views.set(id, next)
    },
  })
  const document = randomConfiguration(random, 1)
  world.must({ type: 'configuration.apply', actor: { kind: 'operator' }, document, prune: false, dryRun: false })
  for (let step = 0; step < 80; step++) {
    world.nowMs += randomPauseMs(random)
    const command = randomCommand(random, world)
    if (command !== null) world.run(command)
  }
}

test('a conversation folded from its events converges with a fresh snapshot, after every event', () => {
  const count = proofSize('converges')
  for (let seed = 1; seed <= count; seed++) {
    try {
      assertConverges(seed)
    } catch (error) {
      throw new Error(`seed ${seed} does not converge`, { cause: error })
    }
  }
})

test('a thread keeps the order of the log, shows what became of each answer, and takes an event twice unharmed', () => {
  const at = '2026-03-02T12:00:00.000Z'
  const ids = { conversationId: 'c', sessionId: 's' }
  const received = (messageId: string, position: number): ShownEvent => ({
    type: 'message.received',
    actor: { kind: 'customer', customerId: 'cu' },
    facts: { ...ids, messageId, kind: 'text', sentAt: at, opens: 'message' },
    personal: { content: { type: 'text', text: messageId } },
    position,
    at,
  })
  const submitted: ShownEvent = {
    type: 'message.submitted',
    actor: { kind: 'agent', agentId: 'ann' },
    facts: {
      ...ids,
      stintId: 'st',
      messageId: 'answer',
      kind: 'text',
      via: 'customer-message',
      reserved: 'message',
      clientId: 'mine',
      expiresAt: at,
    },
    position: 2,
    at,
  }
  const refused: ShownEvent = {
    type: 'delivery.settled',
    actor: { kind: 'system' },
    facts: { conversationId: 'c', messageId: 'answer', outcome: 'refused', code: 45015, released: 'message' },
    position: 4,
    at,
  }
  const recalled: ShownEvent = {
    type: 'message.recalled',
    actor: { kind: 'customer', customerId: 'cu' },
    facts: { conversationId: 'c', messageId: 'first' },
    position: 5,
    at,
  }
  const arrived = [received('first', 1), received('third', 3), submitted, refused, recalled]
  const once = arrived.reduce<readonly Message[]>(applyToThread, [])
  const twice = arrived.reduce<readonly Message[]>(applyToThread, once)
  assert.deepEqual(
    once.map(({ id, delivery, recalled: isRecalled, content }) => ({ id, delivery, isRecalled, content })),
    [
      { id: 'first', delivery: undefined, isRecalled: true, content: { type: 'text', text: 'first' } },
      { id: 'answer', delivery: { state: 'refused', code: 45015 }, isRecalled: undefined, content: null },
      { id: 'third', delivery: undefined, isRecalled: undefined, content: { type: 'text', text: 'third' } },
    ],
  )
  assert.deepEqual(twice, once)
})
