import type { LoggedEvent } from '@duoke/contract'
import { searchedText, searchKeys } from '../conversation/search.ts'
import type { FollowerDefinition } from '../events/follower.ts'

const clearedAtOnce = 20_000

/** Keeps what conversations are found by: the words of their messages. */
export const searchFollower: FollowerDefinition = {
  name: 'search',
  version: 3,
  // A message can be found half a second after it was said: together many cost much less.
  pauseMs: 400,
  async clear(tx, org, kept) {
    const { rowCount } = await tx.query({
      text: `delete from search_message where ctid in (
        select ctid from search_message where org_id = $1 and build <> all ($2::int[]) limit ${clearedAtOnce})`,
      values: [org, kept],
    })
    return rowCount < clearedAtOnce ? 'empty' : 'more'
  },
  async apply(tx, org, events, build) {
    const messages = events.flatMap((event) => {
      const said = wordsOf(event)
      const keys = said === undefined ? [] : searchKeys(org, said.text, event.position)
      return said === undefined || keys.length === 0 ? [] : [{ ...said, position: event.position, keys }]
    })
    if (messages.length === 0) return
    await tx.query({
      name: 'search_write',
      text: `insert into search_message (org_id, build, position, conversation_id, keys)
        select $1, $2, u.position, u.conversation_id, u.keys::bigint[]
        from unnest($3::bigint[], $4::text[], $5::text[]) as u(position, conversation_id, keys)`,
      values: [
        org,
        build,
        messages.map(({ position }) => position),
        messages.map(({ conversationId }) => conversationId),
        // Lists of different lengths are no array of PostgreSQL's: each goes as its text.
        messages.map(({ keys }) => `{${keys.join()}}`),
      ],
    })
  },
}

function wordsOf(event: LoggedEvent): { text: string; conversationId: string } | undefined {
  if (event.type !== 'message.received' && event.type !== 'message.submitted') return undefined
  const content = event.personal?.content
  if (content === undefined) return undefined
  return { text: searchedText(content), conversationId: event.facts.conversationId }
}
