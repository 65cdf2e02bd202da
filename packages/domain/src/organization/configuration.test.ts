import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createDesk, type Desk, operator } from '../testing/desk.ts'
import { account, agent, app, attachment, settings } from '../testing/world.ts'

const teams = [{ teamId: 'vip', name: 'VIP' }]
const apps = [app('bot', { scopes: ['messages:read'] })]

describe('a configuration', () => {
  test('applied twice changes nothing the second time', () => {
    const document = { teams, apps, accounts: [account('oa')], agents: [agent('ann', { teams: ['vip'] })] }
    const desk = createDesk(document)
    const { events, result } = desk.apply(document)
    assert.deepEqual(events, [])
    assert.deepEqual(
      result.changes?.map(({ kind, id, change }) => `${kind} ${id} ${change}`),
      [
        'organization organization unchanged',
        'team vip unchanged',
        'app bot unchanged',
        'account oa unchanged',
        'agent ann unchanged',
      ],
    )
  })

  test('says which fields differ and logs only what does', () => {
    const desk = createDesk({ accounts: [account('oa')], agents: [agent('ann'), agent('bob')] })
    const { events, result } = desk.apply({
      organization: { ...settings, name: 'Acme 2' },
      accounts: [account('oa', { greeting: '你好', secretsDigest: 'rotated' }), account('shop')],
      agents: [agent('ann', { nickname: '安', capacity: 7 }), agent('bob')],
    })
    assert.deepEqual(desk.types(events), [
      'organization.configured',
      'account.configured',
      'account.configured',
      'agent.configured',
    ])
    assert.deepEqual(
      result.changes?.filter(({ change }) => change !== 'unchanged'),
      [
        { kind: 'organization', id: 'organization', change: 'changed', fields: ['name'] },
        { kind: 'account', id: 'oa', change: 'changed', fields: ['greeting', 'secretsDigest'] },
        { kind: 'account', id: 'shop', change: 'created', fields: [] },
        { kind: 'agent', id: 'ann', change: 'changed', fields: ['nickname', 'capacity'] },
      ],
    )
    assert.deepEqual(events.at(-1)?.personal, { nickname: '安' })
  })

  test('tried out says the same and does nothing', () => {
    const desk = createDesk({ agents: [agent('ann'), agent('bob')] })
    const document = { agents: [agent('ann', { capacity: 1 })] }
    const length = desk.log.length
    const tried = desk.apply(document, { prune: true, dryRun: true })
    assert.equal(desk.log.length, length)
    assert.deepEqual(tried.result.changes, desk.apply(document, { prune: true }).result.changes)
  })

  test('leaves what it does not name, and removes it only when asked to prune', () => {
    const desk = createDesk({ teams, apps, agents: [agent('ann'), agent('bob')] })
    const document = { teams: [], agents: [agent('ann')] }
    const kept = desk.apply(document)
    assert.deepEqual(kept.events, [])
    const left = kept.result.changes?.filter(({ change }) => change === 'left').map(({ kind, id }) => `${kind} ${id}`)
    assert.deepEqual(left, ['team vip', 'app bot', 'account oa', 'agent bob'])
    const pruned = desk.apply(document, { prune: true })
    assert.deepEqual(desk.types(pruned.events), ['agent.removed', 'team.removed'])
    assert.ok(desk.state.apps.has('bot'), 'a list that is left out is left as it is')
  })

  test('without an organization, as nobody but a caller past the edges can give it, is refused', () => {
    const desk = createDesk()
    const command = { type: 'configuration.apply', actor: operator, document: { teams }, prune: false, dryRun: false }
    const decision = desk.run(JSON.parse(JSON.stringify(command)))
    assert.deepEqual(decision, {
      accepted: false,
      code: 'invalid_configuration',
      detail: 'The document has no organization',
    })
  })

  test('in which an app has the appId of an account is refused, whichever of them was there first', () => {
    const crm = app('crm', { attachments: [attachment('oa', { wechatAppId: 'wxshop' })] })
    const apply = (desk: Desk, document: object) =>
      desk.run({
        ...{ type: 'configuration.apply', actor: operator, prune: false, dryRun: false },
        document: { organization: settings, ...document },
      })
    const refusal = {
      code: 'invalid_configuration',
      detail: 'The appId wxshop of the app crm is that of the account shop',
    }
    const shop = createDesk({ accounts: [account('oa'), account('shop')] })
    assert.partialDeepStrictEqual(apply(shop, { apps: [crm] }), refusal)
    assert.partialDeepStrictEqual(shop.run({ type: 'app.configure', actor: operator, app: crm }), refusal)
    const attached = createDesk({ apps: [crm] })
    assert.partialDeepStrictEqual(apply(attached, { accounts: [account('shop')] }), refusal)
    const moved = { accounts: [account('shop')], apps: [app('crm')] }
    assert.ok(apply(attached, moved).accepted, 'an appId may move within one document')
  })

  test('that names a thing twice or a team that would not exist is refused whole', () => {
    const desk = createDesk({ teams })
    const detail = (document: Parameters<typeof desk.apply>[0], prune = false) => {
      const decision = desk.run({
        type: 'configuration.apply',
        actor: operator,
        document: { organization: settings, ...document },
        prune,
        dryRun: false,
      })
      return decision.accepted ? null : `${decision.code}: ${decision.detail}`
    }
    const length = desk.log.length
    assert.equal(
      detail({ agents: [agent('ann'), agent('ann')] }),
      'invalid_configuration: The agent ann is there twice',
    )
    assert.equal(
      detail({ agents: [agent('ann', { teams: ['no'] })] }),
      'invalid_configuration: The agent ann names the team no, which does not exist',
    )
    assert.equal(
      detail({ teams: [], accounts: [account('oa', { teams: ['vip'] })] }, true),
      'invalid_configuration: The account oa names the team vip, which does not exist',
    )
    assert.equal(desk.log.length, length)
    assert.equal(detail({ teams: [], accounts: [account('oa', { teams: ['vip'] })] }), null, 'without pruning it stays')
  })
})

describe('what a configuration takes away', () => {
  test('an agent’s sessions go to others before the agent is gone', () => {
    const desk = createDesk({ agents: [agent('ann'), agent('bob')] })
    desk.status('ann', 'online')
    const conversationId = desk.says('o1')
    desk.status('bob', 'online')
    const { events } = desk.apply({ agents: [agent('bob')] }, { prune: true })
    assert.deepEqual(desk.types(events), [
      'agent.status-changed',
      'session.queued',
      'session.assigned',
      'agent.removed',
    ])
    assert.equal(desk.holder(conversationId), 'agent:bob')
  })

  test('a disabled agent’s sessions go to others, after those who wait already', () => {
    const desk = createDesk({ agents: [agent('ann', { capacity: 1 }), agent('bob', { capacity: 0 })] })
    desk.status('ann', 'online')
    desk.status('bob', 'online')
    const held = desk.says('o1')
    const waiting = desk.says('o2')
    desk.apply({ agents: [agent('ann', { disabled: true }), agent('bob', { capacity: 1 })] })
    assert.deepEqual([held, waiting].map(desk.holder), ['queue', 'agent:bob'])
  })

  test('an app’s sessions go to agents', () => {
    const desk = createDesk({ apps })
    const conversationId = desk.says('o1')
    desk.must({ type: 'session.accept', actor: { kind: 'app', appId: 'bot' }, conversationId })
    desk.status('ann', 'online')
    desk.apply({ apps: [] }, { prune: true })
    assert.equal(desk.holder(conversationId), 'agent:ann')
  })

  test('who waits for a team that goes is served by the account’s agents', () => {
    const desk = createDesk({ teams })
    desk.status('ann', 'online')
    const conversationId = desk.says('o1')
    desk.must({ type: 'session.transfer', actor: operator, conversationId, to: { teamId: 'vip' } })
    assert.equal(desk.holder(conversationId), 'queue:vip')
    desk.apply({ teams: [] }, { prune: true })
    assert.equal(desk.holder(conversationId), 'agent:ann')
  })

  test('sessions on an account that goes end', () => {
    const desk = createDesk()
    const conversationId = desk.says('o1')
    desk.apply({ accounts: [] }, { prune: true })
    assert.equal(desk.holder(conversationId), 'nobody')
  })
})
