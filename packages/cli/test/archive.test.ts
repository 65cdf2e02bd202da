// What an organization is, written in open formats, brought to another place, and written again.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { temporaryFolder } from '../../../test/support/started-duoke.ts'
import { ask, eventsOf } from './support/ask.ts'
import { account, acme } from './support/documents.ts'
import { duoke, duokeDone, type Served, serve } from './support/duoke.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('duoke export and import', () => {
  const stack = new AsyncDisposableStack()
  let data: string
  let server: Served
  let token: string
  let folder: string
  const inFolder = (name: string) => join(folder, name)
  const run = async (args: readonly string[]) => JSON.parse(await duokeDone([...args, '--json']))

  before(async () => {
    folder = stack.use(temporaryFolder()).path
    data = inFolder('data')
    server = stack.use(await serve(data))
    await duokeDone(['apply', '-', '--data', data], { input: JSON.stringify(acme) })
    token = (await duokeDone(['token', 'create', '--admin', '--data', data])).trim()
    const accounts = inFolder('accounts.json')
    writeFileSync(accounts, JSON.stringify({ accounts: [account] }))
    const url = `${server.url}/wechat/acme-oa`
    const load = ['simulate', '--load', '--accounts', accounts, '--push-url', url, '--followers', '3', '--rate', '40']
    await duokeDone([...load, '--seconds', '0.5', '--json'])
  })
  after(() => stack.disposeAsync())

  test('an export is a private folder of JSON Lines, vCons and a manifest whose checksums are right', async () => {
    const place = inFolder('plain')
    const summary = await run(['export', place, '--data', data])
    assert.deepEqual([summary.organization, summary.conversations], ['acme', 3])
    assert.equal(statSync(place).mode & 0o777, 0o700)
    assert.ok(!existsSync(`${place}.partial`))
    const manifest = JSON.parse(readFileSync(join(place, 'manifest.json'), 'utf8'))
    assert.equal(summary.hash, sha256(readFileSync(join(place, 'manifest.json'))))
    for (const { path, bytes, sha256: told } of manifest.files) {
      const content = readFileSync(join(place, path))
      assert.deepEqual([content.length, sha256(content)], [bytes, told], path)
    }
    const events = readFileSync(join(place, 'events/000000001.jsonl'), 'utf8').trimEnd().split('\n')
    assert.equal(events.length, summary.events)
    assert.deepEqual(JSON.parse(events[0] ?? '').position, 1)
    const [first] = readdirSync(join(place, 'conversations'))
    const vcon = JSON.parse(readFileSync(join(place, 'conversations', first ?? ''), 'utf8'))
    assert.ok(vcon.dialog.length > 0 && vcon.parties[0].type === 'customer')
    const everything = manifest.files
      .map(({ path }: { path: string }) => readFileSync(join(place, path), 'utf8'))
      .join('')
    for (const secret of [account.appSecret, account.token, account.encodingAesKey]) {
      assert.ok(!everything.includes(secret), 'no secret is in it')
    }
  })

  test('over the network and in every form comes the same archive', async () => {
    const { hash } = await run(['export', inFolder('local.tar'), '--data', data])
    const remote = ['--server', server.url, '--token', token]
    for (const name of ['remote', 'remote.tar', 'remote.tar.gz']) {
      const summary = await run(['export', inFolder(name), ...remote])
      assert.deepEqual([summary.hash, summary.organization], [hash, 'acme'], name)
    }
    assert.equal(sha256(readFileSync(inFolder('remote.tar'))), sha256(readFileSync(inFolder('local.tar'))))
    const secret = await duoke(['export', inFolder('x.tar'), '--secrets', ...remote])
    assert.equal(secret.code, 2)
    assert.match(secret.stderr, /do not leave over the network/)
    const scopes = ['--scopes', 'organization:manage,configuration:read,media']
    const without = (await duokeDone(['token', 'create', '--admin', ...scopes, '--data', data])).trim()
    const refused = await duoke(['export', inFolder('x.tar'), '--server', server.url, '--token', without])
    assert.equal(refused.code, 3)
    assert.match(refused.stderr, /records:read/)
    assert.ok(!existsSync(inFolder('x.tar')) && !existsSync(inFolder('x.tar.partial')))
  })

  test('imported into an empty folder it is the same organization, exports the same, and says what is left to configure', async () => {
    const { hash } = await run(['export', inFolder('move.tar.gz'), '--data', data])
    const place = inFolder('moved')
    const told = await duokeDone(['import', inFolder('move.tar.gz'), '--data', place])
    assert.match(told, /the secrets of the account acme-oa/)
    assert.match(told, /a way for the agent lili to sign in/)
    const again = await run(['export', inFolder('again'), '--data', place])
    assert.equal(again.hash, hash)
    const { next } = await eventsOf(server.url, token)
    await using moved = await serve(place)
    const newToken = (await duokeDone(['token', 'create', '--admin', '--data', place])).trim()
    const list = async (url: string, bearer: string) =>
      JSON.parse((await ask(url, bearer, '/v1/records?limit=200')).text).items
    assert.deepEqual(await list(moved.url, newToken), await list(server.url, token))
    const old = await ask(moved.url, newToken, `/v1/events?after=${encodeURIComponent(next)}`)
    assert.deepEqual([old.status, JSON.parse(old.text).code], [410, 'cursor_expired'])
    assert.equal((await ask(moved.url, token, '/v1/me')).status, 401)
  })

  test('with --secrets the other place serves the account at once, sealed with a key of its own', async () => {
    const place = inFolder('sealed')
    await run(['export', inFolder('secret.tar'), '--data', data, '--secrets'])
    assert.equal(statSync(inFolder('secret.tar')).mode & 0o777, 0o600)
    assert.ok(readFileSync(inFolder('secret.tar'), 'utf8').includes(account.appSecret))
    const { leftToConfigure } = await run(['import', inFolder('secret.tar'), '--data', place])
    assert.ok(!leftToConfigure.some((what: string) => what.includes('acme-oa')))
    const applied = await duokeDone(['apply', '-', '--data', place, '--dry-run', '--json'], {
      input: JSON.stringify(acme),
    })
    assert.match(applied, /acme-oa/)
    assert.notEqual(readFileSync(join(place, 'duoke.key'), 'utf8'), readFileSync(join(data, 'duoke.key'), 'utf8'))
  })

  test('a damaged, foreign or missing archive, and an installation that is not empty, are refused with what to do', async () => {
    const whole = readFileSync(inFolder('move.tar.gz'))
    const spoiled = inFolder('spoiled')
    cpSync(inFolder('plain'), spoiled, { recursive: true })
    const part = join(spoiled, 'events/000000001.jsonl')
    writeFileSync(part, readFileSync(part, 'utf8').replace('acme', 'emca'))
    writeFileSync(inFolder('short.tar.gz'), whole.subarray(0, whole.length >> 1))
    writeFileSync(inFolder('text.tar'), 'hello\n'.repeat(1000))
    mkdirSync(inFolder('empty'))
    const place = inFolder('tried')
    for (const [name, words] of [
      ['spoiled', /is not as it was written/],
      ['short.tar.gz', /cannot be unpacked to its end/],
      ['text.tar', /no archive that this Duoke can read/],
      ['empty', /it is empty/],
    ] as const) {
      const { code, stderr } = await duoke(['import', inFolder(name), '--data', place])
      assert.equal(code, 3, `${name}: ${stderr}`)
      assert.match(stderr, words)
      assert.doesNotMatch(stderr, /\n\s+at /)
    }
    const missing = await duoke(['import', inFolder('nothing'), '--data', inFolder('untouched')])
    assert.equal(missing.code, 2)
    assert.ok(!existsSync(inFolder('untouched')))
    const over = await duoke(['import', inFolder('move.tar.gz'), '--data', data])
    assert.equal(over.code, 3)
    assert.match(over.stderr, /holds the organization acme already.*\n.*new folder/)
    const remote = await duoke(['import', inFolder('move.tar.gz'), '--server', server.url, '--token', token])
    assert.equal(remote.code, 3)
    // After all these the folder is still empty, and takes the whole one.
    assert.equal((await run(['import', inFolder('move.tar.gz'), '--data', place])).organization, 'acme')
  })

  test('an export never writes over what is there', async () => {
    const file = await duoke(['export', inFolder('move.tar.gz'), '--data', data])
    const filled = await duoke(['export', inFolder('plain'), '--data', data])
    assert.deepEqual([file.code, filled.code], [3, 3])
    assert.match(file.stderr, /is there already/)
    assert.equal((await duoke(['export', inFolder('no/such/a.tar'), '--data', data])).code, 2)
  })
})
