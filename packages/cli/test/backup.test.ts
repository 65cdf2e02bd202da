// What followers wrote, kept in a file and brought back.
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { temporaryFolder } from '../../../test/support/started-duoke.ts'
import { ask, eventsOf } from './support/ask.ts'
import { account, acme } from './support/documents.ts'
import { duoke, duokeDone, type Served, serve } from './support/duoke.ts'

describe('duoke backup and restore', () => {
  const stack = new AsyncDisposableStack()
  let folder: string
  let data: string
  let server: Served
  let token: string
  const inFolder = (name: string) => join(folder, name)

  before(async () => {
    folder = stack.use(temporaryFolder()).path
    data = inFolder('data')
    server = stack.use(await serve(data))
    await duokeDone(['apply', '-', '--data', data], { input: JSON.stringify(acme) })
    token = (await duokeDone(['token', 'create', '--admin', '--data', data])).trim()
  })
  after(() => stack.disposeAsync())

  /** All conversations with all their messages, as the interface shows them. */
  async function everything(url: string): Promise<string> {
    const list = JSON.parse((await ask(url, token, '/v1/conversations?limit=200')).text).items
    const threads = list.map(({ id }: { id: string }) => ask(url, token, `/v1/conversations/${id}/messages`))
    return JSON.stringify([list, (await Promise.all(threads)).map(({ text }) => text)])
  }

  test('followers of `duoke simulate --load` write to the served account, and a report tells the latencies', async () => {
    const accounts = inFolder('accounts.json')
    writeFileSync(accounts, JSON.stringify({ accounts: [account] }))
    const url = `${server.url}/wechat/acme-oa`
    const load = ['simulate', '--load', '--accounts', accounts, '--push-url', url, '--followers', '4', '--rate', '40']
    const report = JSON.parse(await duokeDone([...load, '--seconds', '0.5', '--json']))
    assert.deepEqual([report.scheduled, report.answered, report.errors], [20, 20, {}])
    assert.ok(report.latencyMs.p50 > 0 && report.latencyMs.p99 >= report.latencyMs.p50)
    assert.match(await duokeDone([...load, '--seconds', '0.1']), /p99/)
    const { items } = JSON.parse((await ask(server.url, token, '/v1/conversations')).text)
    assert.equal(items.length, 4)
    assert.equal((await duoke(['simulate', '--load'])).code, 2)
  })

  test('a backup is one private file, written beside the running server', async () => {
    const summary = JSON.parse(await duokeDone(['backup', inFolder('a.backup'), '--data', data, '--json']))
    assert.equal(summary.organizations, 1)
    assert.ok(summary.rows > 24)
    assert.equal(statSync(inFolder('a.backup')).mode & 0o777, 0o600)
    assert.equal(existsSync(inFolder('a.backup.partial')), false)
  })

  test('over the network comes the same backup, for the token of the operator only', async () => {
    const env = { DUOKE_SERVER: server.url, DUOKE_TOKEN: token }
    await duokeDone(['backup', inFolder('b.backup')], { env })
    const events = (name: string) => {
      const text = gunzipSync(readFileSync(inFolder(name))).toString()
      return /^\{"table":"event".*?^\{"rows":(\d+)/ms.exec(text) ?? assert.fail('no events')
    }
    assert.ok(Number(events('a.backup')[1]) > 24)
    assert.equal(events('b.backup')[0], events('a.backup')[0])

    const agent = (await duokeDone(['token', 'create', '--agent', 'lili', '--data', data])).trim()
    const refused = await duoke(['backup', inFolder('c.backup')], { env: { ...env, DUOKE_TOKEN: agent } })
    assert.equal(refused.code, 3)
    assert.match(refused.stderr, /operator's token/)
    assert.ok(!existsSync(inFolder('c.backup')) && !existsSync(inFolder('c.backup.partial')))
  })

  test('F25 restored into an empty folder the messages are the same, and every cursor from before is expired', async () => {
    const { next } = await eventsOf(server.url, token)
    const restored = inFolder('restored')
    const printed = await duokeDone(['restore', inFolder('a.backup'), '--data', restored])
    assert.match(printed, /put the key file that was kept beside the backup to .*duoke\.key/)
    const without = await duoke(['serve', '--port', '0', '--data', restored])
    assert.equal(without.code, 3)
    assert.match(without.stderr, /is missing, and a new key does not open this database/)
    copyFileSync(join(data, 'duoke.key'), join(restored, 'duoke.key'))
    await using again = await serve(restored)
    assert.equal(await everything(again.url), await everything(server.url))
    const old = await ask(again.url, token, `/v1/events?after=${encodeURIComponent(next)}`)
    assert.deepEqual([old.status, JSON.parse(old.text).code], [410, 'cursor_expired'])
    assert.equal((await eventsOf(again.url, token)).items.length, (await eventsOf(server.url, token)).items.length)
  })

  test('a damaged file is refused, and leaves a folder that takes the whole one', async () => {
    const whole = readFileSync(inFolder('a.backup'))
    const damaged = Buffer.from(whole)
    damaged.writeUInt8(damaged.readUInt8(whole.length >> 1) ^ 0xff, whole.length >> 1)
    writeFileSync(inFolder('damaged'), damaged)
    const place = inFolder('tried')
    const { code, stderr } = await duoke(['restore', inFolder('damaged'), '--data', place])
    assert.equal(code, 3, stderr)
    assert.match(stderr, /damaged|no backup/)
    assert.doesNotMatch(stderr, /\n\s+at /)
    const restored = JSON.parse(await duokeDone(['restore', inFolder('a.backup'), '--data', place, '--json']))
    assert.equal(restored.key.state, 'missing')
  })

  test('restoring over what is there is refused with what to do instead', async () => {
    const before = await everything(server.url)
    const over = await duoke(['restore', inFolder('a.backup'), '--data', data])
    assert.equal(over.code, 3)
    assert.match(over.stderr, /holds rows already.*\n.*new folder/)
    const beside = await duoke(['restore', inFolder('a.backup'), '--data', data, '--replace'])
    assert.equal(beside.code, 2)
    assert.match(beside.stderr, /--server/)
    const remote = ['restore', inFolder('a.backup'), '--server', server.url]
    const served = await duoke([...remote, '--token', token])
    assert.equal(served.code, 3)
    assert.match(served.stderr, /would replace.*--replace/)
    const wrong = await duoke([...remote, '--replace', '--token', 'dk_wrong'])
    assert.equal(wrong.code, 3)
    assert.ok(!existsSync(inFolder('a.backup.replaced')) && !existsSync(inFolder('a.backup.replaced.partial')))
    assert.equal(await everything(server.url), before)
  })

  test('F25 over the network it takes the place of what is there, which is kept in a file that brings it back', async () => {
    const env = { DUOKE_SERVER: server.url, DUOKE_TOKEN: token }
    const before = await everything(server.url)
    const { next } = await eventsOf(server.url, token)
    await duokeDone(['backup', inFolder('then.backup')], { env })
    const load = ['simulate', '--load', '--accounts', inFolder('accounts.json'), '--followers', '6', '--rate', '40']
    await duokeDone([...load, '--push-url', `${server.url}/wechat/acme-oa`, '--seconds', '0.3'])
    const later = await everything(server.url)
    assert.notEqual(later, before)

    const printed = await duokeDone(['restore', inFolder('then.backup'), '--replace'], { env })
    assert.match(printed, /rows of 20.* restored;.*\nWhat was there before is in .*then\.backup\.replaced\.\n/)
    assert.equal(await everything(server.url), before)
    const old = await ask(server.url, token, `/v1/events?after=${encodeURIComponent(next)}`)
    assert.deepEqual([old.status, JSON.parse(old.text).code], [410, 'cursor_expired'])

    assert.equal(statSync(inFolder('then.backup.replaced')).mode & 0o777, 0o600)
    const back = ['restore', inFolder('then.backup.replaced'), '--replace', '--json']
    const undone = JSON.parse(await duokeDone(back, { env }))
    assert.equal(undone.replaced, inFolder('then.backup.replaced.replaced'))
    assert.equal(await everything(server.url), later)
    await duokeDone(['restore', inFolder('a.backup'), '--replace'], { env })
    assert.equal(await everything(server.url), before)

    writeFileSync(inFolder('cut.backup'), readFileSync(inFolder('a.backup')).subarray(0, 2000))
    const refused = await duoke(['restore', inFolder('cut.backup'), '--replace'], { env })
    assert.equal(refused.code, 3)
    assert.match(refused.stderr, /damaged/)
    assert.equal(await everything(server.url), before)
  })

  test('places that cannot be read or written are mistakes of the command line', async () => {
    const ended = [
      await duoke(['backup', inFolder('no/such/folder'), '--data', data]),
      await duoke(['restore', inFolder('nothing'), '--data', inFolder('untouched')]),
    ]
    for (const { code, stderr } of ended) {
      assert.equal(code, 2)
      assert.match(stderr, /cannot be used/)
    }
    assert.equal(existsSync(inFolder('untouched')), false)
  })

  test('a key of another installation does not open this database, and stops the start', async () => {
    const key = inFolder('other.key')
    writeFileSync(key, `${Buffer.alloc(32, 7).toString('base64')}\n`)
    const place = inFolder('restored')
    const { code, stderr } = await duoke(['serve', '--port', '0', '--data', place], { env: { DUOKE_KEY_FILE: key } })
    assert.equal(code, 3)
    assert.match(stderr, /other\.key does not open this database/)
  })

  test("with several organizations a token backs nobody else's up, and commands ask which one is meant", async () => {
    const other = { version: 1, organization: { id: 'other', name: 'Other' } }
    await duokeDone(['apply', '-', '--data', data], { input: JSON.stringify(other) })
    const refused = await duoke(['backup', inFolder('d.backup'), '--server', server.url, '--token', token])
    assert.equal(refused.code, 3)
    assert.match(refused.stderr, /several organizations; run duoke backup with --data/)
    const unnamed = await duoke(['token', 'create', '--admin', '--data', data])
    assert.equal(unnamed.code, 2)
    assert.match(unnamed.stderr, /--org: acme, other/)
    const named = await duoke(['token', 'create', '--admin', '--data', data], { env: { DUOKE_ORG: 'other' } })
    assert.equal(JSON.parse((await ask(server.url, named.stdout.trim(), '/v1/me')).text).organization.id, 'other')
  })
})
