import assert from 'node:assert/strict'
import type { Holder, LoggedEvent } from '@duoke/contract'

type BoxEvent = Extract<LoggedEvent, { type: `message-box.${string}` }>
export const isOfBox = (event: LoggedEvent): event is BoxEvent => event.type.startsWith('message-box.')

/** The part of the second bookkeeper that knows of messages left: one at a time, held by nobody, told of once. */
export class BoxCustody {
  /** By conversation, the session that became the message left; open until it is taken or resolved. */
  private readonly left = new Map<string, string>()
  private readonly resolved = new Map<string, string>()
  /** Sessions of whose messages the customer was told. */
  private readonly told = new Set<string>()

  isLeft(conversationId: string): boolean {
    return this.left.has(conversationId)
  }

  take({ type, facts }: BoxEvent, holder: Holder | undefined, closed: ReadonlyMap<string, unknown>): void {
    const { conversationId, sessionId } = facts
    assert.equal(holder?.kind, 'nobody', 'what is left is held by nobody')
    if (type === 'message-box.left') {
      assert.ok(!this.left.has(conversationId), 'one message is left at a time')
      assert.ok(closed.has(sessionId), 'what is left was a session')
      this.left.set(conversationId, sessionId)
      return
    }
    if (type === 'message-box.reopened') {
      assert.equal(this.resolved.get(conversationId), sessionId, 'what is reopened was resolved')
      this.left.set(conversationId, sessionId)
      return
    }
    assert.equal(this.left.get(conversationId), sessionId, 'it is the message that is left')
    if (type === 'message-box.expired') return
    this.left.delete(conversationId)
    if (type === 'message-box.resolved') this.resolved.set(conversationId, sessionId)
  }

  /** F79: told once of a message that is left, however much the customer writes. */
  tell({ actor, facts }: Extract<LoggedEvent, { type: 'message.submitted' }>): void {
    if (actor.kind !== 'rule' || actor.rule !== 'message-box') return
    const sessionId = this.left.get(facts.conversationId)
    assert.ok(sessionId !== undefined, 'only who left a message is told of it')
    assert.ok(!this.told.has(sessionId), 'exactly one automatic reply')
    this.told.add(sessionId)
  }
}
