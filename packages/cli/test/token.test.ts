// `duoke token create`, on the database and over the network.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { temporaryFolder } from '../../../test/support/started-duoke.ts'
import { ask } from './support/ask.ts'
import { acme } from './support/documents.ts'
import { duoke, duokeDone, type Options, type Served, serve } from './support/duoke.ts'

describe('duoke token create', () => {
  const stack = new AsyncDisposableStack()
  let data: string
  let server: Served
  let admin: string

  before(async () => {
    data = join(stack.use(temporaryFolder()).path, 'data')
    server = stack.use(await serve(data))
    await duokeDone(['apply', '-', '--data', data], { input: JSON.stringify(acme) })
  })
  after(() => stack.disposeAsync())

  const create = (args: readonly string[], options: Options = {}) => duoke(['token', 'create', ...args], options)
  const tokens = async () => JSON.parse((await ask(server.url, admin, '/v1/tokens')).text).items
  const me = async (token: string) => ask(server.url, token, '/v1/me')

  test('prints the token and nothing else, and the running server takes it at once', async () => {
    const { code, stdout, stderr } = await create(['--admin', '--data', data])
    assert.equal(code, 0)
    assert.equal(stderr, '')
    assert.match(stdout, /^dk_[A-Za-z0-9_-]{40,}\n$/)
    admin = stdout.trim()
    const { status, text } = await me(admin)
    assert.equal(status, 200)
    assert.equal(JSON.parse(text).holder.kind, 'admin')
  })

  test("without --scopes an agent's token has the scopes of its role, and an app's those of the app", async () => {
    const agent = (await create(['--agent', 'ajie', '--data', data])).stdout.trim()
    const { holder, scopes } = JSON.parse((await me(agent)).text)
    assert.equal(holder.agent.id, 'ajie')
    assert.ok(scopes.includes('messages:send') && !scopes.includes('configuration:manage'))
    assert.equal((await ask(server.url, agent, '/v1/configuration')).status, 403)
    await create(['--app', 'reports', '--data', data, '--label', 'nightly'])
    const app = (await tokens()).find(({ label }: { label: string }) => label === 'nightly')
    assert.deepEqual(
      [app.holder, app.scopes.toSorted()],
      [{ kind: 'app', id: 'reports' }, ['conversations:read', 'events:read']],
    )
  })

  test('over the network DUOKE_SERVER and DUOKE_TOKEN say where; scopes and the end are those asked for', async () => {
    const scopes = 'accounts:read, events:read'
    const env = { DUOKE_SERVER: server.url, DUOKE_TOKEN: admin }
    const { stdout } = await create(['--agent', 'lili', '--scopes', scopes, '--expires', '30d', '--json'], { env })
    const { token } = JSON.parse(stdout)
    assert.equal((await ask(server.url, token, '/v1/accounts')).status, 200)
    assert.equal((await me(token)).status, 403)
    const made = (await tokens()).find(({ holder }: { holder: { id: string } }) => holder.id === 'lili')
    assert.deepEqual(made.scopes.toSorted(), ['accounts:read', 'events:read'])
    const lastsMs = Date.parse(made.expiresAt) - Date.parse(made.createdAt)
    assert.ok(Math.abs(lastsMs - 30 * 86_400_000) < 60_000, made.expiresAt)
  })

  test('a token that has expired opens nothing', async () => {
    const token = (await create(['--admin', '--expires', '1s', '--data', data])).stdout.trim()
    const deadline = Date.now() + 10_000
    while ((await me(token)).status === 200 && Date.now() < deadline) await new Promise((done) => setTimeout(done, 100))
    assert.equal((await me(token)).status, 401)
  })

  test('an unknown scope ends with 2, names those that there are, and prints no token', async () => {
    const { code, stdout, stderr } = await create(['--admin', '--scopes', 'media,everything', '--data', data])
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, /no scope everything.*conversations:read/)
  })

  test('who does not exist gets no token, and a holder cannot be given more than it may', async () => {
    const remote = { env: { DUOKE_SERVER: server.url, DUOKE_TOKEN: admin } }
    const refused = await Promise.all([
      create(['--agent', 'nobody', '--data', data]),
      create(['--agent', 'ajie', '--scopes', 'configuration:manage', '--data', data]),
      create(['--agent', 'nobody'], remote),
      create(['--admin', '--org', 'other', '--data', data]),
      create(['--admin', '--org', 'other'], remote),
      create(['--admin'], { env: { ...remote.env, DUOKE_TOKEN: `${admin}x` } }),
    ])
    for (const { code, stdout, stderr } of refused) {
      assert.deepEqual([code, stdout], [3, ''], stderr)
      assert.match(stderr, /\w/)
      assert.doesNotMatch(stderr, /\n\s+at /)
    }
  })

  test('a folder without an installation is told and stays as it is; a server that is not there ends with 4', async () => {
    const nowhere = join(data, 'nowhere')
    const missing = await create(['--admin', '--data', nowhere])
    assert.equal(missing.code, 3)
    assert.match(missing.stderr, /no Duoke installation in .*nowhere/)
    const gone = await create(['--admin', '--server', 'http://127.0.0.1:9', '--token', 'dk_x'])
    assert.equal(gone.code, 4)
    assert.match(gone.stderr, /does not answer|could not be reached/)
  })
})
