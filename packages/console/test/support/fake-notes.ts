import type { Body, Facts, Note, Response } from '@duoke/contract'
import type { FakeWorld } from './fake-world.ts'

/** A colleague writes a note, also one who is somewhere else. */
export function writeNote(
  world: FakeWorld,
  id: string,
  { text, mentions = [] }: Body<'writeNote'>,
  agentId = world.selfId,
): Note {
  const { sessionId } = world.conversation(id)
  const by = { kind: 'agent', agentId } as const
  const noteId = `nt_${world.position + 1}`
  const facts = { conversationId: id, sessionId, noteId, mentions: [...mentions] }
  world.change(id, {})
  const { position, at } = world.emit('conversation.noted', by, facts, { text })
  const event = world.events.at(-1)
  if (event !== undefined) world.tell(event, id)
  return { id: noteId, conversationId: id, sessionId, position, at, by, text, mentions: [...mentions] }
}

export function mentionsOf(world: FakeWorld, query: URLSearchParams): Response<'listMentions'> {
  let seenUpTo = 0
  for (const { type, facts } of world.events) {
    if (type === 'agent.mentions-seen') seenUpTo = Math.max(seenUpTo, facts.upTo)
  }
  const items = world.events.toReversed().flatMap((event) => {
    if (event.type !== 'conversation.noted' || !event.facts.mentions.includes(world.selfId)) return []
    const { noteId, conversationId, sessionId, mentions }: Facts<'conversation.noted'> = event.facts
    const text: string | null = event.personal?.text ?? null
    const { position, at, actor: by } = event
    const note = { id: noteId, conversationId, sessionId, position, at, by, text, mentions }
    const seen = position <= seenUpTo
    return query.get('unseen') === 'true' && seen
      ? []
      : [{ note, customerName: world.conversation(conversationId).customer.name, seen }]
  })
  return { items, next: null }
}

export function seeMentions(world: FakeWorld, upTo: number): undefined {
  const { selfId: agentId } = world
  world.tell(world.emit('agent.mentions-seen', { kind: 'agent', agentId }, { agentId, upTo }), undefined)
  return undefined
}
