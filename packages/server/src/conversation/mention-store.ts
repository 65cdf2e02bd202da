import type { Statement } from '../database/client.ts'
import type { AppliedBatch, Projection } from '../events/batch.ts'

/** Who was mentioned where, and up to where they have seen it. */
export const writeMentions: Projection = (batch) => [...writeNew(batch), ...writeSeen(batch), ...dropThoseOf(batch)]

function writeNew({ organizationId, sealed }: AppliedBatch): Statement[] {
  const rows = sealed.flatMap(({ event }) => {
    if (event.type !== 'conversation.noted') return []
    const { mentions, conversationId, noteId } = event.facts
    // Who writes their own name need not be told.
    const others = mentions.filter((id) => event.actor.kind !== 'agent' || event.actor.agentId !== id)
    return others.map((agentId) => ({ agentId, conversationId, noteId, position: event.position }))
  })
  if (rows.length === 0) return []
  const text = `insert into mention (org_id, agent_id, position, conversation_id, note_id)
    select $1, u.agent_id, u.position, u.conversation_id, u.note_id
    from unnest($2::text[], $3::bigint[], $4::text[], $5::text[]) as u(agent_id, position, conversation_id, note_id)`
  const values = [
    organizationId,
    rows.map(({ agentId }) => agentId),
    rows.map(({ position }) => position),
    rows.map(({ conversationId }) => conversationId),
    rows.map(({ noteId }) => noteId),
  ]
  return [{ name: 'store_mentions', text, values }]
}

function writeSeen({ organizationId, sealed }: AppliedBatch): Statement[] {
  const seen = sealed.flatMap(({ event }) => (event.type === 'agent.mentions-seen' ? [event.facts] : []))
  if (seen.length === 0) return []
  const text = `update mention m set seen = true from unnest($2::text[], $3::bigint[]) as u(agent_id, up_to)
    where m.org_id = $1 and m.agent_id = u.agent_id and m.position <= u.up_to and not m.seen`
  const values = [organizationId, seen.map(({ agentId }) => agentId), seen.map(({ upTo }) => upTo)]
  return [{ name: 'store_mentions_seen', text, values }]
}

/** What was an agent's own goes with the agent. */
function dropThoseOf({ organizationId, sealed }: AppliedBatch): Statement[] {
  const gone = sealed.flatMap(({ event }) => (event.type === 'agent.removed' ? [event.facts.agentId] : []))
  if (gone.length === 0) return []
  return ['mention', 'draft', 'agent_preference'].map((table) => ({
    name: `store_gone_${table}`,
    text: `delete from ${table} where org_id = $1 and agent_id = any($2::text[])`,
    values: [organizationId, gone],
  }))
}
