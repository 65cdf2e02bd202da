import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from 'commander'
import { type Commands, createProgram } from './program.ts'

const leaves = (command: Command, above: string): [string, Command][] =>
  command.commands.flatMap((inner): [string, Command][] => {
    const path = `${above}${inner.name()}`
    return inner.commands.length === 0 ? [[path, inner]] : leaves(inner, `${path} `)
  })
const all = leaves(createProgram(), '')

test('the commands are those that others script against', () => {
  assert.deepEqual(
    all.map(([path]) => path),
    [
      'start',
      'serve',
      'simulate',
      'apply',
      'rules preview',
      'rules fairness',
      'rules forecast',
      'token create',
      'doctor',
      'backup',
      'restore',
      'export',
      'import',
      'version',
    ],
  )
})

const flagsOf = (command: Command) => command.options.map(({ long }) => long ?? '')
const operators = ['apply', 'token create', 'doctor', 'backup', 'restore', 'export', 'import']

for (const [path, command] of all) {
  test(`duoke ${path} has --json, --help and says what it does`, () => {
    assert.ok(flagsOf(command).includes('--json'))
    assert.match(command.helpInformation(), /--help/)
    assert.ok(command.description().length > 10)
    for (const { description } of command.options) assert.ok(description.length > 3)
  })
}

test('the commands of an operator say in the same way where they work', () => {
  for (const [path, command] of all.filter(([name]) => operators.includes(name))) {
    for (const flag of ['--data', '--database', '--server', '--token', '--org'])
      assert.ok(flagsOf(command).includes(flag), `${path} ${flag}`)
  }
})

test('serve, apply and token have the documented flags', () => {
  const named = new Map(all)
  const wanted: Record<string, string[]> = {
    serve: ['--host', '--port', '--data', '--database', '--nats'],
    simulate: ['--port', '--load'],
    apply: ['--dry-run', '--prune'],
    'token create': ['--agent', '--app', '--admin', '--scopes', '--expires'],
  }
  for (const [path, flags] of Object.entries(wanted)) {
    const command = named.get(path)
    assert.ok(command !== undefined)
    for (const flag of flags) assert.ok(flagsOf(command).includes(flag), `${path} ${flag}`)
  }
})

test('a command gets its options and its arguments', async () => {
  const calls: unknown[] = []
  const note = (name: string) => async (options: Record<string, unknown>, args: readonly string[]) => {
    calls.push([name, options, args])
  }
  const commands = Object.fromEntries(
    ['start', 'serve', 'simulate', 'apply', 'tokenCreate', 'doctor', 'backup', 'restore', 'version'].map((name) => [
      name,
      note(name),
    ]),
  ) as Commands // every name of the type is in the list
  await createProgram(commands).parseAsync(['apply', '-', '--dry-run', '--org', 'acme'], { from: 'user' })
  await createProgram(commands).parseAsync(['token', 'create', '--admin'], { from: 'user' })
  assert.deepEqual(calls, [
    ['apply', { dryRun: true, org: 'acme' }, ['-']],
    ['tokenCreate', { admin: true }, []],
  ])
})
