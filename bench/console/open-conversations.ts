import { createClient } from '@duoke/sdk'
import type { Desk } from './desk.ts'
import type { Followers } from './followers.ts'

/** Followers begin conversations until so many are the agent's; the answer is the conversation of each follower. */
export async function openConversations(desk: Desk, followers: Followers, count: number): Promise<Map<string, string>> {
  await followers.add(count)
  const conversations = new Map<string, string>()
  for (const name of followers.names) await followers.write(name)
  const followerOf = new Map(followers.sent.map(({ mark, follower }) => [mark, follower]))
  const duoke = createClient({ baseUrl: desk.duoke.url, token: desk.token })
  const deadline = performance.now() + 60_000
  while (conversations.size < count) {
    if (performance.now() > deadline) throw new Error(`Only ${conversations.size} of ${count} conversations are open.`)
    await new Promise((done) => setTimeout(done, 1_000))
    for await (const { id, lastMessage } of duoke.conversations.list({
      assignee: 'lili',
      status: 'open',
      limit: 200,
    })) {
      const follower = followerOf.get(lastMessage?.preview.match(/#\d{6}/)?.[0] ?? '')
      if (follower !== undefined) conversations.set(follower, id)
    }
  }
  return conversations
}
