import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, startTestApp, type TestApp } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

test('a customer writes, an agent accepts, answers, transfers, closes and opens again', async () => {
  const org = await server.organization({ agents: [{ id: 'lili', role: 'admin' }, { id: 'wu' }] })
  const [lili, wu] = [await org.token('lili'), await org.token('wu')]
  const id = await org.write('o-1', '你好，请问什么时候发货？')
  const waiting = await ask(server.url, '/v1/conversations?status=waiting', { token: lili })
  assert.equal(waiting.body.items[0].id, id)
  assert.equal(waiting.body.items[0].lastMessage.preview, '你好，请问什么时候发货？')
  assert.match(waiting.body.items[0].customer.name, /^\p{Script=Han}+ \d\d$/u)

  const early = await ask(server.url, `/v1/conversations/${id}/accept`, { token: lili, method: 'POST' })
  assert.equal(early.body.code, 'agent_offline')
  const online = { method: 'PUT', body: { status: 'online' } }
  const presence = await ask(server.url, '/v1/me/presence', { token: lili, ...online })
  assert.equal(presence.body.status, 'online')
  const mine = await ask(server.url, '/v1/conversations?assignee=me&status=open', { token: lili })
  assert.deepEqual(
    mine.body.items.map((item: { id: string; assignee: string }) => [item.id, item.assignee]),
    [[id, 'lili']],
  )

  const notMine = await ask(server.url, `/v1/conversations/${id}/messages`, {
    token: wu,
    body: { type: 'text', text: 'x' },
  })
  assert.deepEqual([notMine.status, notMine.body.code, notMine.body.holder.agentId], [409, 'held_by_another', 'lili'])
  const sent = await ask(server.url, `/v1/conversations/${id}/messages`, {
    token: lili,
    body: { type: 'text', text: '明天 📦' },
  })
  assert.equal(sent.status, 202)
  assert.deepEqual(
    [sent.body.content.text, sent.body.delivery.state, sent.body.sender.agentId],
    ['明天 📦', 'queued', 'lili'],
  )
  const thread = await ask(server.url, `/v1/conversations/${id}/messages`, { token: lili })
  assert.deepEqual(
    thread.body.items.map((item: { direction: string }) => item.direction),
    ['out', 'in'],
  )

  const unavailable = await ask(server.url, `/v1/conversations/${id}/transfer`, {
    token: lili,
    body: { to: { agentId: 'wu' } },
  })
  assert.equal(unavailable.body.code, 'agent_unavailable')
  await ask(server.url, '/v1/me/presence', { token: wu, ...online })
  const moved = await ask(server.url, `/v1/conversations/${id}/transfer`, {
    token: lili,
    body: { to: { agentId: 'wu' }, note: '请跟进' },
  })
  assert.equal(moved.body.assignee, 'wu')
  const closed = await ask(server.url, `/v1/conversations/${id}/close`, { token: wu, method: 'POST' })
  assert.deepEqual([closed.status, closed.body.status], [200, 'closed'])
  const reopened = await ask(server.url, `/v1/conversations/${id}/reopen`, { token: lili, method: 'POST' })
  assert.deepEqual([reopened.body.status, reopened.body.assignee], ['open', 'lili'])
})

test('why a conversation went to an agent can be read behind its decision', async () => {
  const org = await server.organization()
  const token = await org.token('lili')
  await ask(server.url, '/v1/me/presence', { token, method: 'PUT', body: { status: 'online' } })
  const id = await org.write('o-1', '在吗')
  const conversation = await ask(server.url, `/v1/conversations/${id}`, { token })
  const decision = await ask(server.url, `/v1/decisions/${conversation.body.decisionId}`, { token })
  assert.deepEqual([decision.status, decision.body.winner.agentId, decision.body.conversationId], [200, 'lili', id])
  assert.ok(decision.body.position > 0)
})

test('conversations are listed by the moment of their last activity, across minutes and within one', async () => {
  const org = await server.organization({ agents: [{ id: 'lili', capacity: 10 }] })
  const token = await org.token('lili')
  await ask(server.url, '/v1/me/presence', { token, method: 'PUT', body: { status: 'online' } })
  const moments = ['12:00:59.999', '12:01:00.000', '12:01:00.000', '12:01:00.001', '11:58:30.500', '12:01:59.999']
  const rows: { id: string; at: string }[] = []
  for (const [index, time] of moments.entries()) {
    rows.push({ id: await org.write(`o-${index}`, '你好'), at: `2026-03-02T${time}Z` })
  }
  await server.app.ground.database.withOrganization(org.id, (tx) =>
    tx.query({
      text: `update conversation c set last_at = u.at::timestamptz from unnest($2::text[], $3::text[]) as u(id, at)
        where c.org_id = $1 and c.conversation_id = u.id`,
      values: [org.id, rows.map(({ id }) => id), rows.map(({ at }) => at)],
    }),
  )
  const momentOf = new Map(rows.map(({ id, at }) => [id, at]))
  for (const list of ['', '&status=open', '&assignee=lili']) {
    const seen: string[] = []
    for (let next: string | null = ''; next !== null; ) {
      const after: string = next === '' ? '' : `&after=${encodeURIComponent(next)}`
      const page = await ask(server.url, `/v1/conversations?limit=1${list}${after}`, { token })
      seen.push(...page.body.items.map(({ id }: { id: string }) => id))
      next = page.body.next
    }
    assert.equal(new Set(seen).size, rows.length, list)
    assert.deepEqual(
      seen.map((id) => momentOf.get(id)),
      [...momentOf.values()].toSorted().reverse(),
      list,
    )
  }
})

test('lists are paged without gap or repeat', async () => {
  const org = await server.organization()
  const token = await org.token('lili')
  const ids = new Set<string>()
  for (let at = 0; at < 7; at++) ids.add(await org.write(`o-${at}`, `第 ${at} 条`))
  for (const list of ['/v1/conversations?', '/v1/conversations?status=waiting&', '/v1/customers?']) {
    const seen: string[] = []
    for (let next: string | null = ''; next !== null; ) {
      const page = await ask(server.url, `${list}limit=3${next === '' ? '' : `&after=${encodeURIComponent(next)}`}`, {
        token,
      })
      assert.equal(page.status, 200)
      seen.push(
        ...page.body.items.map((item: { id: string; conversationId?: string }) => item.conversationId ?? item.id),
      )
      next = page.body.next
    }
    assert.equal(seen.length, 7, list)
    assert.deepEqual(new Set(seen), ids, list)
  }
  const messages = new Set<number>()
  const [first] = ids
  for (let at = 0; at < 4; at++) await org.write('o-0', `再问 ${at}`)
  for (let next: string | null = ''; next !== null; ) {
    const page = await ask(
      server.url,
      `/v1/conversations/${first}/messages?limit=2${next === '' ? '' : `&after=${next}`}`,
      { token },
    )
    for (const { position } of page.body.items) messages.add(position)
    next = page.body.next
  }
  assert.equal(messages.size, 5)
})

test('conversations are found by words of their messages, in Chinese and in English', async () => {
  const org = await server.organization()
  const token = await org.token('lili')
  const shipping = await org.write('o-1', '我的快递什么时候发货？订单 ABC-778')
  await org.write('o-2', '怎么退货')
  const find = async (text: string) => {
    const page = await ask(server.url, `/v1/conversations?text=${encodeURIComponent(text)}`, { token })
    return page.body.items.map((item: { id: string }) => item.id)
  }
  const until = Date.now() + 5000
  while ((await find('发货')).length === 0 && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 50))
  assert.deepEqual(await find('发货'), [shipping])
  assert.deepEqual(await find('abc'), [shipping])
  assert.deepEqual(await find('发货 ABC 778'), [shipping])
  assert.deepEqual(await find('发货 退货'), [])
  assert.deepEqual(await find("%_'"), [])
})

test('the same clientId is never sent twice, and never means two messages', async () => {
  const org = await server.organization()
  const token = await org.token('lili')
  const id = await org.write('o-1', '在吗')
  const send = (text: string, clientId: string) =>
    ask(server.url, `/v1/conversations/${id}/messages`, { token, body: { type: 'text', text, clientId } })
  const [first, second] = await Promise.all([send('在的', 'c-1'), send('在的', 'c-1')])
  assert.deepEqual([first?.status, second?.status, first?.body.id], [202, 202, second?.body.id])
  const other = await send('不同', 'c-1')
  assert.deepEqual([other.status, other.body.code], [422, 'idempotency_mismatch'])
  const thread = await ask(server.url, `/v1/conversations/${id}/messages`, { token })
  assert.equal(thread.body.items.filter((item: { direction: string }) => item.direction === 'out').length, 1)
})

test('the allowance is shown before writing, and counts what was sent', async () => {
  const org = await server.organization()
  const token = await org.token('lili')
  const id = await org.write('o-1', '在吗')
  const before = await ask(server.url, `/v1/conversations/${id}/quota`, { token })
  assert.equal(before.body.remaining, 5)
  for (let at = 0; at < 5; at++) {
    const sent = await ask(server.url, `/v1/conversations/${id}/messages`, {
      token,
      body: { type: 'text', text: `${at}` },
    })
    assert.equal(sent.status, 202)
  }
  const beyond = await ask(server.url, `/v1/conversations/${id}/messages`, { token, body: { type: 'text', text: '6' } })
  assert.deepEqual([beyond.status, beyond.body.code], [422, 'quota_used'])
})

test('a snapshot and the events behind its cursor make the whole', async () => {
  const org = await server.organization()
  const token = await org.token('lili')
  await org.write('o-1', '一')
  const snapshot = await ask(server.url, '/v1/conversations', { token })
  const cursor = snapshot.headers.get('duoke-cursor') ?? ''
  const none = await ask(server.url, `/v1/events?after=${cursor}`, { token })
  assert.deepEqual(none.body, { items: [], next: cursor })
  await org.write('o-1', '二')
  const page = await ask(server.url, `/v1/events?after=${cursor}`, { token })
  assert.deepEqual(
    page.body.items.map((event: { type: string }) => event.type),
    ['message.received'],
  )
  assert.equal(page.body.items[0].personal.content.text, '二')
  assert.equal(page.body.items[0].personal.raw, undefined)
})

test('F71: a forged, foreign or damaged cursor is 410 and never a silent skip', async () => {
  const [org, other] = [await server.organization(), await server.organization()]
  const token = await org.token('lili')
  const foreign =
    (await ask(server.url, '/v1/me', { token: await other.token('lili') })).headers.get('duoke-cursor') ?? ''
  const own = (await ask(server.url, '/v1/me', { token })).headers.get('duoke-cursor') ?? ''
  const [position, mac] = own.split('.')
  for (const cursor of [
    foreign,
    `1.${mac}`,
    `${position}.AAAAAAAAAAAA`,
    'x',
    '9007199254740993.AAAAAAAAAAAA',
    '-1',
    `${own}x`,
  ]) {
    const page = await ask(server.url, `/v1/events?after=${encodeURIComponent(cursor)}`, { token })
    assert.deepEqual([page.status, page.body.code], [410, 'cursor_expired'], cursor)
  }
})

test('what the scopes do not show is not in the events', async () => {
  const org = await server.organization()
  await org.write('o-1', '机密')
  const few = await org.token('lili', ['events:read', 'conversations:read'])
  const page = await ask(server.url, '/v1/events?limit=200', { token: few })
  const types = new Set(page.body.items.map((event: { type: string }) => event.type))
  assert.ok(types.has('message.received') && !types.has('account.configured') && !types.has('agent.configured'))
  assert.doesNotMatch(JSON.stringify(page.body), /机密|o-1/)
})
