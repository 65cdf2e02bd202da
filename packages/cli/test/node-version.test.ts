// The command on other Nodes than the one it needs.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { duoke, duokeDone } from './support/duoke.ts'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** Lets the process believe that it is another Node. */
const pretend = (version: string) => {
  const versions = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`
  const code = `${versions}; Object.defineProperty(process, 'version', { value: 'v${version}' })`
  return { nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(code)}`] }
}

test('a Node that is too old is told in a sentence that says what to do', async () => {
  const { code, stdout, stderr } = await duoke(['start'], pretend('18.20.8'))
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /^Duoke needs Node 20 or later to start; this is v18\.20\.8\. Install a newer Node.*\n$/)
})

test('Node 20 hands over to the pinned one, with arguments and exit code', async () => {
  const said = JSON.parse(await duokeDone(['version', '--json'], pretend('20.0.0')))
  assert.equal(said.version, manifest.version)
  assert.match(said.node, /^v26\./)
  assert.equal((await duoke(['no-such-command'], pretend('20.0.0'))).code, 2)
})

test('npm links the command under its name', () => {
  assert.deepEqual(manifest.bin, { duoke: 'bin/duoke.js' })
})

test('every command explains itself without doing anything', async () => {
  const help = await duokeDone(['--help'])
  for (const name of ['start', 'serve', 'simulate', 'apply', 'token', 'doctor', 'backup', 'restore', 'version'])
    assert.match(help, new RegExp(`^ {2}${name}\\b`, 'm'))
  assert.match(await duokeDone(['token', 'create', '--help']), /--scopes <a,b>/)
  const nothing = await duoke([])
  assert.equal(nothing.code, 2)
  assert.match(nothing.stderr, /Usage: duoke/)
})
