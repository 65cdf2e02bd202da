import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Config, flagOf, readConfig, type SettingName, settings } from './config.ts'

function configOf(env: Record<string, string>, flags: Partial<Record<SettingName, string>> = {}): Config {
  const reading = readConfig(env, flags)
  assert.ok(reading.ok, reading.ok ? '' : reading.problems.join('\n'))
  return reading.config
}

function problemsOf(env: Record<string, string>, flags: Partial<Record<SettingName, string>> = {}): readonly string[] {
  const reading = readConfig(env, flags)
  return reading.ok ? [] : reading.problems
}

test('without any variable the defaults make a working configuration', () => {
  const config = configOf({ PATH: '/bin' })
  assert.equal(config.port, 7300)
  assert.equal(config.host, '127.0.0.1')
  assert.equal(config.databaseUrl, null)
  assert.equal(config.keyFile, `${config.data}/duoke.key`)
  assert.deepEqual(config.media, { kind: 'folder', path: `${config.data}/media` })
})

test('a flag wins over the variable', () => {
  assert.equal(configOf({ DUOKE_PORT: '7301' }, { port: '7302' }).port, 7302)
})

test('an unknown variable stops the start and is named', () => {
  assert.deepEqual(problemsOf({ DUOKE_COLOUR: 'red' }), ['DUOKE_COLOUR is not a setting of Duoke; unset it.'])
  assert.match(problemsOf({ DUOKE_MEDIA_UR: 'x' })[0] ?? '', /perhaps DUOKE_MEDIA_URL is meant/)
})

test('variables of the tests and of the command line are known', () => {
  const env = { DUOKE_TEST_DATABASE: 'x', DUOKE_CRASH_AT: 'after_commit', DUOKE_SEED: '1', DUOKE_TOKEN: 't' }
  assert.deepEqual(problemsOf(env), [])
})

const malformed: [string, string][] = [
  ['DUOKE_PORT', '70000'],
  ['DUOKE_PORT', '7300x'],
  ['DUOKE_PORT', '-1'],
  ['DUOKE_HOST', 'two words'],
  ['DUOKE_DATABASE_URL', 'mysql://x'],
  ['DUOKE_NATS_URL', 'http://x'],
  ['DUOKE_PUBLIC_URL', 'chat.example.com'],
  ['DUOKE_PUBLIC_URL', 'https://chat.example.com/path'],
  ['DUOKE_PUBLIC_URL', 'https://user@chat.example.com'],
  ['DUOKE_MEDIA', 's3:'],
  ['DUOKE_MEDIA', 's3:bucket'],
  ['DUOKE_EGRESS_ALLOW', 'ten'],
  ['DUOKE_TRUST_PROXY', '1.2.3.4/99'],
  ['DUOKE_LOG_LEVEL', 'loud'],
  ['DUOKE_RATE_LIMIT', '0'],
  ['DUOKE_UNSAFE_DATABASE', 'maybe'],
]
for (const [variable, text] of malformed) {
  test(`${variable}=${text} stops the start and is named`, () => {
    const problems = problemsOf(
      Object.fromEntries([
        ['DUOKE_MEDIA', 'shared'],
        [variable, text],
      ]),
    )
    assert.equal(problems.length, 1)
    assert.ok(problems[0]?.startsWith(`${variable} `), problems.join())
  })
}

test('N2: a number of proxy hops is refused, because it lets a client choose its address', () => {
  assert.match(problemsOf({ DUOKE_TRUST_PROXY: '1' })[0] ?? '', /number of hops is not accepted/)
})

test('N6: the value of a malformed secret is not repeated', () => {
  assert.doesNotMatch(problemsOf({ DUOKE_DATABASE_URL: 'canary-9183' })[0] ?? '', /canary/)
})

test('with NATS the media must be named, because every server has to reach them', () => {
  assert.match(problemsOf({ DUOKE_NATS_URL: 'nats://127.0.0.1:4222' })[0] ?? '', /DUOKE_MEDIA must name/)
  const config = configOf({ DUOKE_NATS_URL: 'nats://127.0.0.1:4222', DUOKE_MEDIA: 'shared' })
  assert.equal(config.natsUrl, 'nats://127.0.0.1:4222')
})

test('an S3 store is read with its keys', () => {
  const env = { DUOKE_S3_ENDPOINT: 'http://127.0.0.1:9000', DUOKE_S3_ACCESS_KEY: 'a', DUOKE_S3_SECRET_KEY: 's' }
  assert.deepEqual(configOf({ ...env, DUOKE_MEDIA: 's3:duoke/media' }).media, {
    kind: 's3',
    bucket: 'duoke/media',
    endpoint: 'http://127.0.0.1:9000',
    region: 'us-east-1',
    accessKey: 'a',
    secretKey: 's',
  })
})

test('every setting has a variable, a sentence and a flag of its own', () => {
  const names = Object.keys(settings) as SettingName[]
  assert.equal(new Set(names.map((name) => settings[name].variable)).size, names.length)
  assert.equal(new Set(names.map(flagOf)).size, names.length)
  for (const name of names) assert.match(settings[name].sentence, /^[0-9A-Z].*\.$/)
})
