import type { App, AppDelivery } from '@duoke/contract'
import type { FakeWorld } from './fake-world.ts'

const bot = (world: FakeWorld): App => ({
  ...{ id: 'bot', name: '快递机器人', contact: 'ops@vendor.example', rateLimit: null, allowedAddresses: [] },
  scopes: ['messages:read', 'messages:send'],
  accounts: [
    {
      ...{ account: 'acme-oa', appId: 'wx00c0ffee00c0ffee', role: 'responder', priority: 10, echo: false },
      ...{ when: "message.type == 'text'", lateReplies: 'drop', agentNames: 'omit' },
      push: { url: 'https://vendor.example/wx', mode: 'safe', format: 'xml' },
      suspended: { reason: 'HTTP 502', failures: 20, since: world.at(-60_000) },
      verification: { status: 'verified', at: world.at(-90_000) },
    },
  ],
})

const delivery = (world: FakeWorld, index: number): AppDelivery => ({
  ...{
    id: `dl_${index}`,
    account: 'acme-oa',
    at: world.at(-index * 1000),
    kind: 'ask',
    name: 'text',
    role: 'responder',
  },
  ...{ conversationId: 'cv_1', messageId: null, position: index, attempt: 1, tookMs: 40 + index, status: 200 },
  ...{ outcome: 'reply', reason: null, reply: 'text', became: 'dropped', becameReason: 'held by an agent' },
})

/** An app that was suspended, with more pushes than one page shows. */
export function withBot(world: FakeWorld): void {
  world.apps.push(bot(world))
  for (let index = 0; index < 60; index += 1) world.deliveries.push(delivery(world, index))
  const by = { kind: 'agent', agentId: 'lili' } as const
  const given = { granted: ['messages:read', 'messages:send'], withdrawn: [], attached: ['acme-oa'], detached: [] }
  world.consents.push({ position: 7, at: world.at(-3_600_000), by, ...given })
}
