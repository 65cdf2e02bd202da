import assert from 'node:assert/strict'
import type { LoggedEvent } from '@duoke/contract'

/** What counts against whom as if taken, kept by the words of docs/reference/routing.md from the log alone. */
export class DeclineBook {
  /** Agents, by conversation. */
  private readonly decliners = new Map<string, Set<string>>()
  /** By conversation: for whom it ceased to count last, and when. */
  private readonly ended = new Map<string, { readonly atMs: number; readonly agentIds: readonly string[] }>()

  take(event: LoggedEvent): void {
    switch (event.type) {
      case 'session.offered':
        // It is asked of the agent again: the place is that of the offer.
        this.of(event.facts.conversationId).delete(event.facts.agentId)
        return
      case 'session.offer-ended': {
        const { conversationId, agentId, outcome, counts = false } = event.facts
        if (outcome === 'declined' || outcome === 'timed-out') assert.ok(counts, 'what is declined counts')
        if (outcome === 'accepted') assert.ok(!counts, 'what is accepted is held')
        if (counts) this.of(conversationId).add(agentId)
        return
      }
      case 'session.queued':
      case 'session.assigned':
      case 'session.closed':
      case 'session.parked':
        this.end(event)
        return
      case 'agent.removed':
        for (const agents of this.decliners.values()) agents.delete(event.facts.agentId)
    }
  }

  private end(
    event: Extract<LoggedEvent, { type: 'session.queued' | 'session.assigned' | 'session.closed' | 'session.parked' }>,
  ): void {
    const { conversationId, countsNoMoreFor: told = [] } = event.facts
    const all = this.of(conversationId)
    assert.deepEqual(new Set(told), this.endsFor(event, all), `who is freed by ${event.type}`)
    for (const agentId of told) all.delete(agentId)
    if (told.length > 0) this.ended.set(conversationId, { atMs: event.atMs, agentIds: told })
  }

  /** Whether until this moment the conversation counted against the agent: given to them it takes the place that was its own. */
  hadPlaceFor({ facts, atMs }: Extract<LoggedEvent, { type: 'session.assigned' }>, agentId: string): boolean {
    const ended = this.ended.get(facts.conversationId)
    return ended?.atMs === atMs && ended.agentIds.includes(agentId)
  }

  private endsFor(
    event: Extract<LoggedEvent, { type: 'session.queued' | 'session.assigned' | 'session.closed' | 'session.parked' }>,
    all: ReadonlySet<string>,
  ): Set<string> {
    if (event.type === 'session.closed' || event.type === 'session.parked') return new Set(all)
    const { from } = event.facts
    if (from.kind === 'agent' || from.kind === 'app') return new Set(all)
    if (event.type === 'session.assigned') {
      const to = event.facts.to.kind === 'agent' ? event.facts.to.agentId : ''
      return new Set(all.has(to) ? [to] : [])
    }
    const { decision, countsNoMoreFor = [] } = event.facts
    if (countsNoMoreFor.length === 0) return new Set()
    assert.ok(decision !== null && decision.candidates === 0, 'nobody is left to ask')
    assert.ok((decision.excluded['declined'] ?? 0) > 1, 'two or more passed')
    assert.equal(decision.excluded['full'] ?? 0, 0, 'and nobody may take it later')
    return new Set(all)
  }

  private of(conversationId: string): Set<string> {
    const known = this.decliners.get(conversationId) ?? new Set<string>()
    this.decliners.set(conversationId, known)
    return known
  }

  /** Conversations that count against the agent. */
  against(agentId: string): Set<string> {
    return new Set([...this.decliners].flatMap(([id, agents]) => (agents.has(agentId) ? [id] : [])))
  }
}
