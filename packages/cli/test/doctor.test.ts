// `duoke doctor` on a healthy installation and on others.
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { temporaryFolder } from '../../../test/support/started-duoke.ts'
import { account, acme } from './support/documents.ts'
import { begin, duoke, duokeDone, type Options, type Served, serve } from './support/duoke.ts'

type Finding = { what: string; state: string; sentence: string; whatToDo?: string }

describe('duoke doctor', () => {
  const stack = new AsyncDisposableStack()
  let folder: string
  let data: string
  let server: Served

  before(async () => {
    folder = stack.use(temporaryFolder()).path
    data = join(folder, 'data')
    const accounts = join(folder, 'accounts.json')
    writeFileSync(accounts, JSON.stringify([{ ...account, pushUrl: null }]))
    const wechat = stack.use(await begin(['simulate', '--json', '--port', '0', '--accounts', accounts]))
    server = stack.use(await serve(data))
    const document = { ...acme, accounts: [{ ...account, apiBase: wechat.url }] }
    await duokeDone(['apply', '-', '--data', data], { input: JSON.stringify(document) })
  })
  after(() => stack.disposeAsync())

  const examine = async (args: readonly string[], options: Options = {}) => {
    const ended = await duoke(['doctor', '--json', ...args], options)
    assert.notEqual(ended.stdout, '', ended.stderr)
    const findings: Finding[] = JSON.parse(ended.stdout).findings
    return { code: ended.code, findings, bad: findings.filter(({ state }) => state === 'bad') }
  }
  const bad = async (args: readonly string[], options: Options = {}) => {
    const { code, bad: found } = await examine(args, options)
    assert.equal(code, 5)
    const [first, ...others] = found
    assert.ok(first !== undefined && others.length === 0)
    return first
  }

  test('finds settings, key, database, clock and WeChat in order, and ends with 0', async () => {
    const { code, findings } = await examine(['--data', data])
    assert.deepEqual(
      findings.filter(({ state }) => state !== 'good'),
      [],
    )
    assert.equal(code, 0)
    const whats = findings.map(({ what }) => what)
    for (const what of ['settings', 'key', 'database', 'clock', 'account acme-oa'])
      assert.ok(whats.includes(what), what)
  })

  test('over the network it asks the server, its clock and its accounts', async () => {
    const token = (await duokeDone(['token', 'create', '--admin', '--data', data])).trim()
    const { code, findings } = await examine(['--server', server.url], { env: { DUOKE_TOKEN: token } })
    assert.equal(code, 0)
    assert.deepEqual(
      findings.map(({ what }) => what),
      ['server', 'clock', 'account acme-oa', 'account acme-oa clock'],
    )
    const stranger = await bad(['--server', server.url, '--token', 'dk_nobody'])
    assert.equal(stranger.what, 'token')
  })

  test('an account whose WeChat refuses its secret, or cannot be reached, is named with what to do; words and 5', async () => {
    const other = { ...account, id: 'far', appId: 'wx00000000000000c3', originalId: 'gh_c3' }
    const changed = { ...acme, accounts: [other] }
    await duokeDone(['apply', '-', '--data', data], { input: JSON.stringify(changed) })
    const { code, stdout } = await duoke(['doctor', '--data', data])
    assert.equal(code, 5)
    assert.match(stdout, /^✗ account far: http:\/\/127\.0\.0\.1:9 cannot be reached: .*\n {4}Check the network/m)
    assert.match(stdout, /^✓ account acme-oa: /m)
    const token = (await duokeDone(['token', 'create', '--admin', '--data', data])).trim()
    const remote = await duoke(['doctor', '--server', server.url], { env: { DUOKE_TOKEN: token } })
    assert.equal(remote.code, 5)
    const told = (text: string) => text.split('\n').filter((line) => line.includes('account far'))
    assert.deepEqual(told(remote.stdout), told(stdout))
  })

  test('settings that cannot be used are a finding', async () => {
    const found = await bad(['--data', data], { env: { DUOKE_PRT: '7300', DUOKE_PORT: 'seven' } })
    assert.equal(found.what, 'settings')
    assert.match(found.whatToDo ?? '', /DUOKE_PRT is not a setting/)
    assert.match(found.whatToDo ?? '', /DUOKE_PORT is "seven"/)
  })

  test('a key of another installation is a finding, and a missing one is not made anew', async () => {
    const other = join(folder, 'other.key')
    writeFileSync(other, `${Buffer.alloc(32, 7).toString('base64')}\n`)
    const found = await bad(['--data', data], { env: { DUOKE_KEY_FILE: other } })
    assert.equal(found.what, 'key')
    assert.match(found.sentence, /does not open this database/)
    const missing = join(folder, 'missing.key')
    assert.match((await bad(['--data', data], { env: { DUOKE_KEY_FILE: missing } })).sentence, /is missing/)
    assert.equal(existsSync(missing), false)
  })

  test('a database or a server that does not answer, and a folder without one, are findings', async () => {
    const nowhere = await bad(['--data', join(folder, 'nowhere')])
    assert.match(nowhere.sentence, /no Duoke installation/)
    const database = await bad(['--database', 'postgres://duoke:secret-of-url@127.0.0.1:9/duoke'])
    assert.match(database.sentence, /does not answer/)
    assert.doesNotMatch(JSON.stringify(database), /secret-of-url/)
    assert.equal((await bad(['--server', 'http://127.0.0.1:9', '--token', 'dk_x'])).what, 'server')
  })
})
