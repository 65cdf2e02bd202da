// `duoke apply` beside a running server: on its database, and over the network.
import assert from 'node:assert/strict'
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { operationIds, operations } from '@duoke/contract'
import { stringify } from 'yaml'
import { temporaryFolder } from '../../../test/support/started-duoke.ts'
import { ask, eventsOf } from './support/ask.ts'
import { account, acme, canaries } from './support/documents.ts'
import { duoke, duokeDone, type Served, serve } from './support/duoke.ts'

describe('duoke apply', () => {
  const stack = new AsyncDisposableStack()
  let folder: string
  let data: string
  let server: Served
  let token: string

  before(async () => {
    folder = stack.use(temporaryFolder()).path
    data = join(folder, 'data')
    server = stack.use(await serve(data))
  })
  after(() => stack.disposeAsync())

  const write = (name: string, text: string) => {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
  const local = (...args: string[]) => duoke(['apply', ...args, '--data', data])
  const remote = (document: unknown, ...args: string[]) =>
    duoke(['apply', '-', '--server', server.url, ...args], {
      env: { DUOKE_TOKEN: token },
      input: JSON.stringify(document),
    })
  const configuration = async () => JSON.parse((await ask(server.url, token, '/v1/configuration')).text)

  test('YAML creates the organization beside the running server, and prints each thing that it made', async () => {
    const secrets = {
      appSecret: { env: 'ACME_SECRET' },
      token: { file: write('push-token', `${canaries.token}\n`) },
    }
    const file = write('acme.yaml', stringify({ ...acme, accounts: [{ ...account, ...secrets }] }))
    const printed = await duokeDone(['apply', file, '--data', data], { env: { ACME_SECRET: canaries.appSecret } })
    assert.deepEqual(printed.trim().split('\n'), [
      '+ organization acme: created',
      '+ team presale: created',
      '+ team aftersale: created',
      '+ app reports: created',
      '+ account acme-oa: created',
      '+ agent lili: created',
      '+ agent ajie: created',
      '7 changed.',
    ])
    token = (await duokeDone(['token', 'create', '--admin', '--data', data])).trim()
  })

  test('the same document again, as JSON with its secrets in place and over the network, changes nothing', async () => {
    const before = await eventsOf(server.url, token)
    const { code, stdout } = await remote(acme, '--json')
    assert.equal(code, 0)
    const { changes } = JSON.parse(stdout)
    assert.equal(changes.length, 7)
    assert.ok(changes.every(({ change }: { change: string }) => change === 'unchanged'))
    assert.equal((await eventsOf(server.url, token)).next, before.next)
  })

  test('every change is an event of the log, by the operator', async () => {
    const { items } = await eventsOf(server.url, token)
    assert.deepEqual(
      items.map(({ type }) => type),
      [
        'organization.configured',
        'team.configured',
        'team.configured',
        'account.configured',
        'agent.configured',
        'agent.configured',
        'app.consented',
        'app.configured',
        'agent.secured', // the password of agent lili
      ],
    )
    assert.ok(items.every(({ actor }) => JSON.stringify(actor) === '{"kind":"operator"}'))
  })

  test('a dry run prints the difference and changes nothing; without it the same is done', async () => {
    const changed = { ...acme, agents: [{ ...acme.agents[1], capacity: 9 }] }
    const file = write('changed.json', JSON.stringify(changed))
    const before = [await configuration(), (await eventsOf(server.url, token)).next]
    const dry = await local(file, '--dry-run')
    assert.equal(dry.code, 0)
    assert.match(dry.stdout, /^~ agent ajie: changed \(capacity\)$/m)
    assert.match(dry.stdout, /^ {2}agent lili: left$/m)
    assert.match(dry.stdout, /^1 would be changed; nothing was \(--dry-run\)\.$/m)
    assert.deepEqual([await configuration(), (await eventsOf(server.url, token)).next], before)

    const done = await local(file)
    assert.match(done.stdout, /^~ agent ajie: changed \(capacity\)$/m)
    assert.match(done.stdout, /^1 changed\.$/m)
    const { agents } = await configuration()
    assert.equal(agents.find(({ id }: { id: string }) => id === 'ajie').capacity, 9)
  })

  test('what the document does not name goes only with --prune', async () => {
    const less = { ...acme, agents: [acme.agents[0]], apps: [] }
    const left = await remote(less)
    assert.match(left.stdout, /^ {2}agent ajie: left$/m)
    assert.match(left.stdout, /^ {2}app reports: left$/m)
    const pruned = await remote(less, '--prune')
    assert.match(pruned.stdout, /^- agent ajie: removed$/m)
    assert.match(pruned.stdout, /^- app reports: removed$/m)
    const { agents, apps } = await configuration()
    assert.deepEqual([agents.map(({ id }: { id: string }) => id), apps], [['lili'], []])
    assert.equal((await remote(acme)).code, 0)
  })

  test('an invalid document is refused with the path of each field, and an unknown key is one', async () => {
    const wrong = {
      ...acme,
      organisation: {},
      accounts: [{ ...account, originalId: 'acme', colour: 'red' }],
      agents: [{ id: 'lili', nickname: '莉莉', teams: ['nobody'] }],
    }
    for (const ended of [await local(write('wrong.json', JSON.stringify(wrong))), await remote(wrong)]) {
      assert.equal(ended.code, 3)
      assert.equal(ended.stdout, '')
      assert.match(ended.stderr, /cannot be applied/)
      assert.match(ended.stderr, /organisation/)
      assert.match(ended.stderr, /\/accounts\/0\/originalId: /)
      assert.match(ended.stderr, /colour/)
    }
    const asJson = await remote({ ...acme, agents: wrong.agents }, '--json')
    assert.deepEqual(JSON.parse(asJson.stderr).details, ['/agents/0/teams/0: there is no team nobody'])
    assert.equal(JSON.parse(asJson.stderr).exitCode, 3)
  })

  test('a secret whose variable or file is missing is named by its path before anything is asked', async () => {
    const accounts = [{ ...account, appSecret: { env: 'NO_SUCH_SECRET' }, token: { file: 'no-such-file' } }]
    const ended = await remote({ ...acme, accounts })
    assert.equal(ended.code, 3)
    assert.match(ended.stderr, /\/accounts\/0\/appSecret: the variable NO_SUCH_SECRET is not set/)
    assert.match(ended.stderr, /\/accounts\/0\/token: the file no-such-file/)
  })

  test('a file that cannot be read is a mistake of the command line, and one that is no document is refused', async () => {
    assert.equal((await local(join(folder, 'nowhere.yaml'))).code, 2)
    const broken = await local(write('broken.yaml', 'version: 1\nagents: [ {'))
    assert.equal(broken.code, 3)
    assert.match(broken.stderr, /neither JSON nor YAML/)
  })

  test("an appId that another organization has is refused, and so is another organization's document", async () => {
    const other = { ...acme, organization: { id: 'other', name: 'Other' }, teams: [], agents: [], apps: [] }
    const taken = await local(write('other.json', JSON.stringify(other)))
    assert.equal(taken.code, 3)
    assert.match(taken.stderr, /acme-oa|wx00000000000000a1/)
    assert.equal((await remote(other)).code, 3)
    assert.equal((await local(write('acme.json', JSON.stringify(acme)), '--org', 'other')).code, 3)
    const { stdout } = await duoke(['doctor', '--data', data, '--json'])
    assert.ok(!stdout.includes('other'))
  })

  test('safe mode is the default and needs its key; plain mode is taken only when it is given', async () => {
    const [{ mode }] = (await configuration()).accounts
    assert.equal(mode, 'safe')
    const bare = { ...account, id: 'bare', appId: 'wx00000000000000b2', originalId: 'gh_b2', encodingAesKey: undefined }
    const refused = await remote({ ...acme, accounts: [bare] }, '--dry-run')
    assert.equal(refused.code, 3)
    assert.match(refused.stderr, /\/accounts\/0\/encodingAesKey: is needed in safe mode/)
    const taken = await remote({ ...acme, accounts: [{ ...bare, mode: 'plain' }] }, '--dry-run')
    assert.match(taken.stdout, /^\+ account bare: created$/m)
  })

  test('I-11 secrets come back from no operation, and stand neither in a backup nor in the files of the database', async () => {
    const file = join(folder, 'dump.gz')
    await duokeDone(['backup', file, '--server', server.url, '--token', token])
    const places = new Map([['the backup', gunzipSync(readFileSync(file)).toString('latin1')]])
    const plain = operationIds.filter((id) => operations[id].method === 'GET' && !operations[id].path.includes('{'))
    for (const id of plain.filter((one) => one !== 'getBackup')) {
      places.set(id, (await ask(server.url, token, operations[id].path)).text)
    }
    places.set('getAccount', (await ask(server.url, token, '/v1/accounts/acme-oa')).text)
    places.set('getAgent', (await ask(server.url, token, '/v1/agents/lili')).text)
    places.set('the log of the server', server.stderr())
    const files = globSync('database/cluster/**/*', { cwd: data }).map((name) => join(data, name))
    for (const path of files.filter((name) => statSync(name).isFile())) places.set(path, readFileSync(path, 'latin1'))
    // Not vacuous: what is no secret is found in the very same places.
    for (const place of ['the backup', 'getConfiguration', 'listEvents'])
      assert.ok(places.get(place)?.includes(account.appId), place)
    assert.ok(files.length > 500)
    const found = [...places].flatMap(([place, text]) =>
      Object.entries(canaries).flatMap(([name, canary]) => (text.includes(canary) ? [`${name} in ${place}`] : [])),
    )
    assert.deepEqual(found, [])
  })
})
