import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { SessionSettings } from '@duoke/contract'
import type { Command } from '@duoke/domain'
import { defaultSettings } from '../src/platform/default-settings.ts'
import { type Stage, setStage } from './support/channel-stage.ts'
import { testDatabase } from './support/database.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const options = { timeout: 60_000 }

/** The agent `lili` is online; the settings are as given. */
async function serve(stage: Stage, sessions: Partial<SessionSettings>): Promise<void> {
  const organization = { ...defaultSettings, name: 'Acme', sessions: { ...defaultSettings.sessions, ...sessions } }
  await submit(stage, {
    type: 'configuration.apply',
    actor: { kind: 'operator' },
    document: { organization },
    prune: false,
    dryRun: false,
  })
  const actor = { kind: 'agent', agentId: 'lili' } as const
  await submit(stage, { type: 'agent.set-status', actor, agentId: 'lili', status: 'online', cause: 'chosen' })
}

async function submit({ server, organizationId }: Stage, command: Command): Promise<void> {
  const outcome = await server.log.submit(organizationId, command, { lane: 'agents' })
  assert.ok(outcome.accepted, JSON.stringify(outcome))
}

test(
  'a session from the phone and back: closed, gone on with by the same agent, ended by the customer',
  options,
  async () => {
    await using stage = await setStage(database.connection)
    await serve(stage, { reopenWithinMs: 600_000, closeWords: ['结束'], closeReply: '感谢咨询，再见' })
    await stage.write('你好')
    const [first] = await stage.of('session.assigned')
    assert.ok(first?.facts.to.kind === 'agent' && first.facts.to.agentId === 'lili')
    const { conversationId, sessionId } = first.facts
    const actor = { kind: 'agent', agentId: 'lili' } as const
    await submit(stage, { type: 'session.close', actor, conversationId, disposition: { code: 'solved' } })

    await stage.write('还有一个问题')
    const [, opened] = await stage.of('session.opened')
    assert.equal(opened?.facts.reopens, sessionId)
    const [, again] = await stage.of('session.assigned')
    assert.deepEqual([again?.facts.cause, again?.facts.to], ['reopen', { kind: 'agent', agentId: 'lili' }])
    assert.ok(again?.facts.decision !== null, 'with a decision that says why')

    await stage.write('结束')
    const [, ended] = await stage.of('session.closed')
    assert.deepEqual([ended?.facts.cause, ended?.actor.kind], ['customer', 'customer'])
    assert.deepEqual(stage.phone(), ['感谢咨询，再见'])
    await stage.write('结束')
    assert.equal((await stage.of('session.opened')).length, 2, 'a second good-bye begins nothing')
  },
)
