// One day of a customer service, lived twice at the same instants: by an organization that Duoke routes for, and by one
// whose sessions an app gives out. Followers and agents go by their names, which both have.
import assert from 'node:assert/strict'
import { emptyOrganization, type OrganizationState } from '@duoke/domain'
import { ManualClock } from '@duoke/simulator'
import { type AllocatingApp, createAllocatingApp } from './allocating-app.ts'
import { ask, type Json, startTestApp, type TestApp } from './app.ts'
import { allAppScopes, type CompatibleStage, eventually, setCompatibleStage } from './compatible-stage.ts'

export const followers = ['wang', 'zhao', 'qian', 'sun', 'li', 'zhou', 'wu', 'zheng', 'feng', 'chen'] as const
export const staff = [
  { id: 'ann', teams: ['presale'], capacity: 2 },
  { id: 'bob', teams: ['presale', 'vip'], capacity: 2 },
  { id: 'cai', teams: ['presale'], capacity: 2 },
  { id: 'dan', teams: ['vip'], capacity: 1 },
  /** Of no team that serves the account. */
  { id: 'eve', teams: [], capacity: 5 },
] as const
/** Eight in the morning in China. */
const opensAtMs = Date.UTC(2026, 2, 2, 0)

export type Organization = AsyncDisposable & {
  readonly stage: CompatibleStage
  readonly app: AllocatingApp | null
  asAgent(agentId: string, method: 'POST' | 'PUT', path: string, body?: object): Promise<void>
  /** Of the follower; they must have written before. */
  conversationOf(name: string): string
  openidOf(name: string): string
  seen(): Seen
  /** Whoever works by themselves does so: timers, the outbox, the app. */
  settle(): Promise<void>
}

/** Who holds what since when, and what every clock of the state says; ids are left out or replaced by names. */
export type Seen = {
  readonly conversations: Record<string, Json>
  readonly agents: Record<string, Json>
  readonly lines: Json[]
}

export type Day = AsyncDisposable & {
  readonly clock: ManualClock
  readonly routed: Organization
  readonly allocated: Organization
  /** Minute by minute, so that what is due happens when it is due. */
  pass(minutes: number): Promise<void>
}

export async function beginDay(options: { readonly breakTies?: boolean } = {}): Promise<Day> {
  const held = new AsyncDisposableStack()
  const clock = new ManualClock(opensAtMs)
  const nowMs = () => clock.nowMs()
  const isDriven = { isDriven: true, presence: { beatMs: 3_600_000 } }
  const test = held.use(await startTestApp({}, { nowMs, batchTimeMs: nowMs, ...isDriven }))
  const routed = held.use(await openOrganization(test, clock, 'automatic', options))
  const allocated = held.use(await openOrganization(test, clock, 'manual', options))
  return {
    ...{ clock, routed, allocated },
    async pass(minutes) {
      for (let count = 0; count < minutes; count += 1) {
        await clock.advance(60_000)
        if ((await test.app.timers.runOnce()) > 0) for (const one of [routed, allocated]) await one.settle()
      }
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

async function openOrganization(
  test: TestApp,
  clock: ManualClock,
  routing: 'automatic' | 'manual',
  { breakTies = true }: { readonly breakTies?: boolean },
): Promise<Organization> {
  const held = new AsyncDisposableStack()
  const stage = held.use(
    await setCompatibleStage({
      ...{ test, clock, account: { routing, teams: ['presale', 'vip'] } },
      apps: [{ id: 'crm', scopes: [...allAppScopes, 'events:read', 'accounts:read'] }],
      people: {
        teams: ['presale', 'vip'].map((id) => ({ id, name: id })),
        agents: staff.map(({ teams, ...one }) => ({ ...one, teams: [...teams], nickname: one.id })),
      },
    }),
  )
  const account = stage.simulator.world.account('shop')
  assert.ok(account)
  for (const id of followers) {
    if (id !== 'wang') stage.simulator.world.addFollower(account, { id, name: id }).followingSinceMs = clock.nowMs()
  }
  const tokenOf = async (holder: { kind: 'agent' | 'app'; id: string }) => {
    const made = await test.app.operator.createToken(stage.organizationId, { holder })
    assert.ok(made.ok)
    return made.token
  }
  const tokens = new Map<string, string>()
  for (const { id } of staff) tokens.set(id, await tokenOf({ kind: 'agent', id }))
  const app =
    routing === 'manual' ? createAllocatingApp(stage, await tokenOf({ kind: 'app', id: 'crm' }), breakTies) : null
  const openidOf = (name: string) => stage.simulator.world.follower('shop', name)?.openid ?? ''
  const state = () => {
    const known = test.app.ground.log.state(stage.organizationId)
    assert.ok(known)
    return known
  }
  return {
    ...{ stage, app, openidOf },
    async asAgent(agentId, method, path, body) {
      const { status } = await ask(test.url, path, { method, token: tokens.get(agentId) ?? '', body: body ?? {} })
      assert.ok(status < 500, `${path}: ${status}`)
    },
    conversationOf(name) {
      const id = state().byAddress.get(`${stage.accountId}\n${openidOf(name)}`)
      assert.ok(id, `${name} never wrote`)
      return id
    },
    // Before the first command no server has the organization in memory.
    seen: () =>
      seenIn(
        test.app.ground.log.state(stage.organizationId) ?? emptyOrganization(),
        (openid) => followers.find((name) => openidOf(name) === openid) ?? '',
      ),
    async settle() {
      await app?.work()
      await untilSent(test, stage.organizationId)
      await app?.work()
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

/** Sends begin by themselves, and end when WeChat has answered: what they count is compared only then. */
async function untilSent({ app }: TestApp, organizationId: string): Promise<void> {
  const text = 'select count(*)::int as count from outbox where org_id = $1'
  await eventually(async () => {
    await app.channel.delivery.poll()
    const { rows } = await app.ground.database.withOrganization(organizationId, (tx) =>
      tx.query<{ count: number }>({ text, values: [organizationId] }),
    )
    return rows[0]?.count === 0 ? true : null
  })
}

function seenIn(state: OrganizationState, nameOf: (openid: string) => string): Seen {
  const name = (conversationId: string) => nameOf(state.addressOf.get(conversationId)?.split('\n')[1] ?? '')
  const conversations = [...state.conversations.values()].map((conversation): [string, Json] => {
    const { id, customerId, accountId, sessionId, lastSessionId, decisionId, lastClose, ...clocks } = conversation
    const { holderPosition, lastPosition, unreadPositions, pending, recentUses, windows, holder, ...rest } = clocks
    const { sessionId: _session, cause, ...end } = { sessionId: '', cause: null, ...lastClose }
    // For whom an app does it, it closes.
    const closed = { ...end, cause: cause === 'app' ? 'agent' : cause }
    const { stintId: _, ...held } = { stintId: '', ...holder }
    const allowances = windows.map(({ position: _position, ...window }) => window)
    const counts = { unread: unreadPositions.length, pending: Object.keys(pending).length, uses: recentUses.length }
    return [name(id), { ...rest, ...counts, allowances, holder: held, closed, isOpen: sessionId !== null }]
  })
  const agents = [...state.agents.values()].map(({ agentId, held, idleSince, status, capacity }): [string, Json] => [
    agentId,
    { held: held.map(name), idleSince, status, capacity },
  ])
  const lines = [...state.lines.values()].map(({ teamId, entries }) => ({
    teamId,
    waiting: entries.map(({ conversationId, sinceMs }) => [name(conversationId), sinceMs]),
  }))
  return {
    conversations: Object.fromEntries(conversations.sort()),
    agents: Object.fromEntries(agents),
    lines: lines.sort((one, other) => ((one.teamId ?? '') < (other.teamId ?? '') ? -1 : 1)),
  }
}

/**
 * The day's record in the form that old clients read, both calls, by follower and without the log's numbers: in one
 * instant the log may tell of two followers in either order.
 */
export async function recordOfDay(
  { stage, openidOf }: Organization,
  clock: ManualClock,
): Promise<Record<string, Json[] | undefined>> {
  const body = { grant_type: 'client_credential', appid: stage.appIdOf('crm'), secret: stage.secretOf('crm') }
  const { body: answer } = await ask(stage.test.url, '/cgi-bin/stable_token', { body })
  const token = answer.access_token
  const window = { starttime: opensAtMs / 1000, endtime: Math.floor(clock.nowMs() / 1000) + 1 }
  const list = '/customservice/msgrecord/getmsglist'
  const messages = await stage.call(list, { ...window, msgid: 1, number: 10_000 }, { token })
  const rows: Json[] = messages.recordlist
  for (let pageindex = 1; ; pageindex += 1) {
    const asked = { ...window, pagesize: 1000, pageindex }
    const page = await stage.call('/cgi-bin/customservice/getrecord', asked, { token })
    rows.push(...page.recordlist)
    if (page.recordlist.length < 1000) break
  }
  const shown = rows.map(({ openid, opercode, text, time, worker, duoke }) => ({
    ...{ openid, opercode, text, time, worker, isIdle: duoke.cause === 'idle' },
    ...(duoke.delivery !== undefined && { outcome: duoke.delivery.outcome }),
  }))
  const names = new Map(followers.map((name) => [openidOf(name), name]))
  return Object.groupBy(
    shown.map(({ openid, ...row }) => ({ ...row, follower: names.get(openid) ?? openid })),
    ({ follower }) => follower,
  )
}
