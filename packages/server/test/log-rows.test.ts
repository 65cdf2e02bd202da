import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Command } from '@duoke/domain'
import type { CommandAttachment } from '../src/conversation/attachment.ts'
import { verifyChain } from '../src/events/verify-chain.ts'
import { testDatabase } from './support/database.ts'
import { assertSound } from './support/log-invariants.ts'
import {
  byAgent,
  configure,
  type Desk,
  documentOf,
  type LogServer,
  must,
  openDesk,
  operator,
  readLog,
  says,
  startLogServer,
} from './support/log-stage.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database
const server = startLogServer({ connection })
after(() => server[Symbol.asyncDispose]())
const { log } = server

async function rowsOf<Row>(org: string, text: string, values: unknown[] = []): Promise<Row[]> {
  return (await server.database.withOrganization(org, (tx) => tx.query<Row>({ text, values }))).rows
}

const verify = (org: string) => verifyChain(org, (work) => server.database.withOrganization(org, work))

/** What only somebody with the tables' owner's rights can do. */
async function tamper(text: string, values: unknown[]): Promise<void> {
  const { Client } = await import('pg')
  const client = new Client(connection)
  await client.connect()
  try {
    // Row-level security binds the owner too, but not a superuser.
    assert.ok(((await client.query(text, values)).rowCount ?? 0) > 0, 'something was tampered with')
  } finally {
    await client.end()
  }
}

test('the chain of a log that nobody touched verifies, page by page', async () => {
  const desk = await openDesk(server, { agents: 1 })
  await Promise.all(Array.from({ length: 1100 }, (_, at) => must(log, desk.org, says(desk, 'o1', `${at}`))))
  const { length } = await readLog(server.database, desk.org)
  assert.ok(length > 1000)
  assert.deepEqual(await verify(desk.org), { isSound: true, checked: length, erased: 0, fault: null })
})

test('whatever is changed in a stored event, its row or the head, the chain says where', async () => {
  const desk = await openDesk(server, { agents: 1 })
  await must(log, desk.org, says(desk, 'o1', '原来的话'))
  const all = await readLog(server.database, desk.org)
  const at = all.findIndex((event) => event.type === 'message.received') + 1
  const cases: [string, { kind: string; position: number }][] = [
    [
      `update event set facts = (replace(facts::text, '"kind":"text"', '"kind":"link"'))::json`,
      { kind: 'changed', position: at },
    ],
    [`update event set actor = '{"kind":"system"}'`, { kind: 'changed', position: at }],
    [`update event set at = at - interval '1 ms'`, { kind: 'changed', position: at }],
    [`update event set v = 2`, { kind: 'changed', position: at }],
    [`update event set digest = sha256('x')`, { kind: 'changed', position: at }],
    [`update event set hash = sha256('x')`, { kind: 'changed', position: at }],
    [
      `update event set personal = '{"content":{"type":"text","text":"别的话"}}'`,
      { kind: 'personal-changed', position: at },
    ],
    [`update event set salt = '\\x00'`, { kind: 'personal-changed', position: at }],
  ]
  const keep = await rowsOf<Record<string, unknown>>(
    desk.org,
    'select actor::text, facts::text, personal::text, salt, digest, hash, v from event where position = $1',
    [at],
  )
  const [kept] = keep
  for (const [change, fault] of cases) {
    const [{ moment } = { moment: '' }] = await rowsOf<{ moment: string }>(
      desk.org,
      'select at::text as moment from event where position = $1',
      [at],
    )
    await tamper(`${change} where org_id = $1 and position = $2`, [desk.org, at])
    assert.deepEqual((await verify(desk.org)).fault, fault, change)
    await tamper(
      `update event set actor = $3, facts = $4, personal = $5, salt = $6, digest = $7, hash = $8, v = $9, at = $10 where org_id = $1 and position = $2`,
      [desk.org, at, kept?.actor, kept?.facts, kept?.personal, kept?.salt, kept?.digest, kept?.hash, kept?.v, moment],
    )
    assert.equal((await verify(desk.org)).isSound, true)
  }
  await tamper('update organization set chain = sha256($2::bytea) where org_id = $1', [desk.org, 'x'])
  assert.deepEqual((await verify(desk.org)).fault, { kind: 'head-differs', position: all.length })
  await tamper('delete from event where org_id = $1 and position = $2', [desk.org, at])
  assert.deepEqual((await verify(desk.org)).fault, { kind: 'missing', position: at })
})

test('the last event cannot be cut off, nor one be added behind the head', async () => {
  const desk = await openDesk(server, { agents: 1 })
  const { length } = await readLog(server.database, desk.org)
  await tamper('update event set position = position + 1 where org_id = $1 and position = $2', [desk.org, length])
  assert.deepEqual((await verify(desk.org)).fault, { kind: 'missing', position: length })
  await tamper('update organization set head = head - 1 where org_id = $1', [desk.org])
  assert.deepEqual((await verify(desk.org)).fault, { kind: 'head-differs', position: length - 1 })
})

test('the log still verifies and folds when a customer’s words and the salt were erased', async () => {
  const desk = await openDesk(server, { agents: 1 })
  const { result } = await must(log, desk.org, says(desk, 'o1', '请忘记我'))
  const { conversationId } = result
  await must(log, desk.org, {
    type: 'message.submit',
    actor: byAgent('agent1'),
    conversationId: conversationId ?? '',
    content: { type: 'text', text: '好的' },
  })
  const { rows } = await server.database.withOrganization(desk.org, (tx) =>
    tx.query<{ position: number }>({
      text: 'update event set personal = null, salt = null where conversation_id = $1 and personal is not null returning position',
      values: [conversationId],
    }),
  )
  const { length } = await readLog(server.database, desk.org)
  assert.equal(rows.length, 3, 'the address, the message and the answer')
  assert.deepEqual(await verify(desk.org), { isSound: true, checked: length, erased: 3, fault: null })
})

test('the log is append-only: its own role can neither change nor delete an event, and sees no other organization', async () => {
  const desk = await openDesk(server, { agents: 0 })
  for (const text of [`update event set facts = '{}'`, 'delete from event', 'delete from organization']) {
    await assert.rejects(rowsOf(desk.org, text), { code: '42501' }, text)
  }
  assert.deepEqual(await rowsOf(`${desk.org}-other`, 'select 1 from event where org_id = $1', [desk.org]), [])
})

test('a list shows of a conversation what was last said, by whom, and how much is unread', async () => {
  const desk = await openDesk(server, { agents: 1, capacity: 1 })
  const { result } = await must(log, desk.org, says(desk, 'o1', '第一句'))
  const conversationId = result.conversationId ?? ''
  await must(log, desk.org, says(desk, 'o1', `第二句\n  换行 ${'长'.repeat(200)}`))
  type Row = {
    status: string
    holder_id: string | null
    team_id: string | null
    unread: number
    last: string
    waiting_since: number | null
  }
  const list = async (id = conversationId) =>
    (
      await rowsOf<Row>(
        desk.org,
        'select status, holder_id, team_id, unread, last_message::text as last, waiting_since from conversation where conversation_id = $1',
        [id],
      )
    )[0]
  const open = await list()
  assert.deepEqual([open?.status, open?.holder_id, open?.unread], ['open', 'agent1', 2])
  const said = JSON.parse(open?.last ?? '')
  assert.deepEqual(
    [said.direction, said.kind, said.preview.slice(0, 8), [...said.preview].length],
    ['in', 'text', '第二句 换行 长', 120],
  )
  await must(log, desk.org, {
    type: 'message.submit',
    actor: byAgent('agent1'),
    conversationId,
    content: { type: 'text', text: '您好' },
  })
  const answered = await list()
  assert.deepEqual(
    [answered?.unread, JSON.parse(answered?.last ?? '').direction, JSON.parse(answered?.last ?? '').preview],
    [0, 'out', '您好'],
  )
  const second = await must(log, desk.org, says(desk, 'o2', '有人吗'))
  const waiting = await list(second.result.conversationId)
  assert.deepEqual(
    [waiting?.status, waiting?.holder_id, waiting?.waiting_since],
    ['waiting', null, second.events.at(-1)?.atMs],
  )
  await must(log, desk.org, {
    type: 'session.transfer',
    actor: byAgent('agent1'),
    conversationId: second.result.conversationId ?? '',
    to: { teamId: 'presale' },
  })
  assert.equal((await list(second.result.conversationId))?.team_id, 'presale')
  await must(log, desk.org, { type: 'session.close', actor: byAgent('agent1'), conversationId })
  assert.deepEqual([(await list())?.status, JSON.parse((await list())?.last ?? '').preview], ['closed', '您好'])
  await assertSound(server.database, desk.org, [server])
})

test('what a command brings along is stored with it: secrets, passwords and media, and nothing when it is refused or repeated', async () => {
  const desk = await openDesk(server, { agents: 2 })
  const attach = (attachment: CommandAttachment) => ({ lane: 'agents', attachment }) as const
  const bytes = (text: string) => new TextEncoder().encode(text)
  await must(
    log,
    desk.org,
    configure({ ...documentOf(desk, 4) }),
    attach({
      accountSecrets: { [desk.accountId]: bytes('account') },
      appSecrets: [{ appId: 'bot', accountId: desk.accountId, secrets: bytes('app') }],
      passwordHashes: { agent1: '$argon2id$1', agent2: '$argon2id$2' },
    }),
  )
  const [account] = await rowsOf<{ secrets: Buffer }>(desk.org, 'select secrets from account')
  const [app] = await rowsOf<{ secrets: Buffer }>(desk.org, 'select secrets from app_attachment')
  assert.deepEqual([account?.secrets.toString(), app?.secrets.toString()], ['account', 'app'])
  const passwords = () => rowsOf(desk.org, 'select agent_id, password_hash from credential order by agent_id')
  assert.deepEqual(await passwords(), [
    { agent_id: 'agent1', password_hash: '$argon2id$1' },
    { agent_id: 'agent2', password_hash: '$argon2id$2' },
  ])
  const image: Command = { ...says(desk, 'o1'), mediaIds: ['m1', 'm2'] } as Command
  const media = [
    { mediaId: 'm1', kind: 'image', wechatMediaId: 'w1' },
    { mediaId: 'm2', kind: 'thumb', wechatMediaId: 'w2' },
  ]
  const { result } = await must(log, desk.org, image, { ...attach({ media }), key: 'push' })
  await must(log, desk.org, image, {
    ...attach({ media: [{ mediaId: 'm3', kind: 'image', wechatMediaId: 'w1' }] }),
    key: 'push',
  })
  await log.submit(
    desk.org,
    { ...image, accountId: 'none' } as Command,
    attach({ media: [{ mediaId: 'm4', kind: 'image', wechatMediaId: 'w1' }] }),
  )
  const stored = await rowsOf(
    desk.org,
    'select media_id, account_id, conversation_id, kind, wechat_media_id, state from media order by media_id',
  )
  const common = { account_id: desk.accountId, conversation_id: result.conversationId, state: 'pending' }
  assert.deepEqual(stored, [
    { media_id: 'm1', ...common, kind: 'image', wechat_media_id: 'w1' },
    { media_id: 'm2', ...common, kind: 'thumb', wechat_media_id: 'w2' },
  ])
})

test('F65: who is removed signs in no more, not even when the same id is added in the same moment', async () => {
  const desk = await openDesk(server, { agents: 2 })
  await grant(desk, 't1', 'agent', 'agent2')
  await grant(desk, 't2', 'agent', 'agent1')
  await grant(desk, 't3', 'app', 'bot')
  await must(log, desk.org, configure(documentOf(desk, 3)), {
    attachment: { passwordHashes: { agent2: 'old' } } satisfies CommandAttachment,
  })
  const whole = documentOf(desk, 3)
  const without = configure({ ...whole, agents: whole.agents?.slice(0, 1), apps: [] }, true)
  // Both in one batch: the row of the agent looks as if nothing had happened.
  const [removed] = await Promise.all([must(log, desk.org, without), must(log, desk.org, configure(whole))])
  assert.ok(removed.events.some((event) => event.type === 'agent.removed'))
  const ended = await rowsOf<{ token_id: string }>(
    desk.org,
    'select token_id from token where ended_at is not null order by 1',
  )
  assert.deepEqual(
    ended.map(({ token_id }) => token_id),
    ['t1', 't3'],
  )
  assert.deepEqual(await rowsOf(desk.org, 'select agent_id from credential'), [])
  await assertSound(server.database, desk.org, [server])
})

async function grant(desk: Desk, tokenId: string, kind: string, holder: string): Promise<void> {
  await rowsOf(
    desk.org,
    `insert into token (token_hash, org_id, token_id, kind, holder_kind, holder_id, scopes) values (sha256($2::text::bytea), $1, $2, 'api', $3, $4, '{}')`,
    [desk.org, tokenId, kind, holder],
  )
}

test('of two changes of a profile in one batch the last one is kept', async () => {
  const desk = await openDesk(server, { agents: 1 })
  const { result } = await must(log, desk.org, says(desk, 'o1'))
  const conversationId = result.conversationId ?? ''
  const change = (remark: string): Command => ({
    type: 'customer.change',
    actor: operator,
    conversationId,
    profile: { remark },
  })
  await Promise.all([
    must(log, desk.org, change('一')),
    must(log, desk.org, change('二')),
    must(log, desk.org, says(desk, 'o2')),
  ])
  const profiles = await rowsOf<{ profile: string }>(
    desk.org,
    'select profile::text as profile from customer order by openid',
  )
  assert.deepEqual(
    profiles.map(({ profile }) => JSON.parse(profile)),
    [{ remark: '二' }, {}],
  )
})

test('a status that changes costs the organization’s own row nothing', async () => {
  const desk = await openDesk(server, { agents: 2 })
  const statements: string[] = []
  await using counted = countingServer(statements)
  await must(counted.log, desk.org, says(desk, 'o1'))
  statements.length = 0
  for (const agentId of desk.agents)
    await must(counted.log, desk.org, {
      type: 'agent.set-status',
      actor: byAgent(agentId),
      agentId,
      status: 'away',
      cause: 'chosen',
    })
  assert.ok(!statements.includes('store_organization'), statements.join(' '))
})

test('a batch of many pushes is a handful of statements, however many agents they go to', async () => {
  const desk = await openDesk(server, { agents: 20, capacity: 5 })
  const statements: string[] = []
  await using counted = countingServer(statements)
  await must(counted.log, desk.org, says(desk, 'first'), { key: 'first' })
  statements.length = 0
  const sizes: number[] = []
  counted.log.onAppended((batch) => sizes.push(batch.accepted.length))
  await Promise.all(
    Array.from({ length: 60 }, (_, at) => must(counted.log, desk.org, says(desk, `o${at}`), { key: `${at}` })),
  )
  assert.ok(statements.length <= sizes.length * 9, `${sizes.length} batches: ${statements.join(' ')}`)
})

function countingServer(statements: string[]): LogServer {
  return startLogServer({
    connection,
    disturb: (real) => ({
      ...real,
      withOrganization: (org, work, how) =>
        real.withOrganization(
          org,
          (tx) =>
            work({
              query(statement) {
                statements.push(statement.name ?? statement.text)
                return tx.query(statement)
              },
              last(them) {
                statements.push(...them.map(({ name, text }) => name ?? text))
                tx.last(them)
              },
            }),
          how,
        ),
    }),
  })
}
