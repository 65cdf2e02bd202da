import assert from 'node:assert/strict'
import type { Holder, LoggedEvent } from '@duoke/contract'

export type BroadcastEvent = Extract<
  LoggedEvent,
  {
    type: 'session.broadcast' | 'session.broadcast-joined' | 'session.broadcast-left' | 'session.broadcast-ended'
  }
>

/** Who is asked about which conversation beside others, from the log alone. Answers who is asked from now on. */
export function takeBroadcast(
  broadcasts: Map<string, Set<string>>,
  holder: Holder | undefined,
  event: BroadcastEvent,
): readonly string[] {
  const { conversationId } = event.facts
  const asked = broadcasts.get(conversationId)
  if (event.type === 'session.broadcast') {
    assert.equal(holder?.kind, 'queue', 'what is offered waits')
    assert.ok(asked === undefined && event.facts.agentIds.length > 0, 'somebody is asked, once at a time')
    broadcasts.set(conversationId, new Set(event.facts.agentIds))
    return event.facts.agentIds
  }
  assert.ok(asked !== undefined, 'a broadcast ends once')
  switch (event.type) {
    case 'session.broadcast-joined':
      for (const agentId of event.facts.agentIds) {
        assert.ok(!asked.has(agentId), 'who joins was not asked yet')
        asked.add(agentId)
      }
      return event.facts.agentIds
    case 'session.broadcast-left':
      assert.ok(asked.delete(event.facts.agentId), 'who leaves was asked')
      return []
    case 'session.broadcast-ended': {
      const { agentIds, outcome, agentId } = event.facts
      assert.deepEqual([...agentIds], [...asked], 'it is told who was being asked')
      assert.equal(agentId !== undefined, outcome === 'accepted', 'whoever accepts is named')
      if (agentId !== undefined) assert.ok(asked.has(agentId), 'who accepts was asked')
      assert.equal(outcome === 'declined', asked.size === 0, 'over for everybody')
      broadcasts.delete(conversationId)
      return []
    }
  }
}
