// Each check of the tidy test, shown to find what it is there for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  lockfileViolations,
  missingPlatforms,
  scriptViolations,
  undeclaredImports,
  versionViolations,
} from './dependencies.ts'
import { importCycles, layerViolations } from './layers.ts'
import {
  assertionViolations,
  commentViolations,
  importNameViolations,
  nameViolations,
  sizeViolations,
  textViolations,
} from './limits.ts'
import { egressViolations, purityViolations, runtimeViolations } from './purity.ts'
import { parse, type Source } from './source.ts'

function source(path: string, text: string): Source {
  return parse({ path, text })
}

function finds(violations: string[], ...patterns: RegExp[]): void {
  assert.equal(violations.length, patterns.length, violations.join('\n'))
  for (const [index, pattern] of patterns.entries()) assert.match(violations[index] ?? '', pattern)
}

test('a package that imports above itself is told why it may not', () => {
  finds(
    layerViolations([source('packages/domain/src/a.ts', `import { x } from '@duoke/server'`)]),
    /a\.ts:1: domain may not import server: decisions are pure; pass the fact in\./,
  )
  finds(layerViolations([source('packages/domain/src/a.ts', `import { x } from '@duoke/contract'`)]))
})

test('a re-export and a lazy import count as imports', () => {
  const text = `export { x } from '@duoke/domain'\nconst y = import('@duoke/server')`
  finds(layerViolations([source('packages/sdk/src/a.ts', text)]), /import server|import domain/, /sdk may not import/)
})

test('a relative path into another package is found, the proof sizes in a test are not', () => {
  const far = `import { x } from '../../domain/src/b.ts'`
  finds(layerViolations([source('packages/server/src/main.ts', far)]), /reaches into another package/)
  finds(
    layerViolations([
      source('packages/domain/src/a.test.ts', `import { proofSize } from '../../../test/proof-sizes.ts'`),
    ]),
  )
})

test('inside the server, folders import downward only', () => {
  const at = (path: string, specifier: string) =>
    layerViolations([source(`packages/server/src/${path}`, `import { x } from '${specifier}'`)])
  finds(at('events/log.ts', '../conversation/commands.ts'), /events may not import conversation/)
  finds(at('routing/facts.ts', '../conversation/commands.ts'), /the conversation asks routing/)
  finds(at('channel/routes.ts', '../conversation/commands.ts'))
  finds(at('channel/routes.ts', '../app.ts'), /app\.ts wires the parts/)
  finds(at('app.ts', './channel/routes.ts'))
  finds(at('conversation/commands.ts', '@duoke/wechat'), /only channel\/ speaks WeChat's words/)
  finds(at('newcomer/a.ts', '../app.ts'), /has no line in test\/tidy\/layers\.ts/)
})

test('a cycle is shown with every file on it', () => {
  const cycles = importCycles(
    [
      source('packages/a/src/one.ts', `import { x } from './two.ts'`),
      source('packages/a/src/two.ts', `import { x } from '@duoke/b'`),
      source('packages/b/src/index.ts', `import type { x } from '../../a/src/one.ts'`),
    ],
    (specifier) => (specifier === '@duoke/b' ? 'packages/b/src/index.ts' : undefined),
  )
  assert.deepEqual(cycles, [
    ['packages/a/src/one.ts', 'packages/a/src/two.ts', 'packages/b/src/index.ts', 'packages/a/src/one.ts'],
  ])
})

test('long files and long functions are found, long suites are not', () => {
  finds(sizeViolations([source('a.ts', '\n'.repeat(401))]), /401 lines/, /One file in ten/)
  finds(sizeViolations([source('a.ts', `function long() {${'\n'.repeat(70)}}\n`)]), /a\.ts:1: long has 71 lines/)
  finds(sizeViolations([source('a.ts', `describe('x', () => {${'\n'.repeat(80)}})\n`)]))
})

test('names that are not kebab-case or say nothing are found', () => {
  finds(nameViolations(['packages/a/src/myFile.ts']), /not kebab-case/)
  finds(nameViolations(['packages/a/src/utils/time.ts']), /says nothing/)
  finds(nameViolations(['packages/a/src/string-helpers.ts']), /says nothing/)
  finds(nameViolations(['packages/a/src/time.test.ts', 'packages/wechat/fixtures/A_b.json']))
})

test('an import without an ending is found', () => {
  finds(importNameViolations([source('a.ts', `import { x } from './b'`)]), /must name the file/)
  finds(importNameViolations([source('a.ts', `import { x } from './b.js'`)]), /must name the file/)
  finds(importNameViolations([source('a.ts', `import { x } from './b.ts'`)]))
})

test('an unfinished thing in a comment is found', () => {
  finds(commentViolations([source('a.ts', '// TODO: later\n')]), /finished/)
  finds(commentViolations([source('a.ts', `const text = 'TODO'`)]))
})

test('"as" needs a comment beside or above it; "as const" does not', () => {
  finds(assertionViolations([source('a.ts', 'const x = y as string')]), /without a reason/)
  finds(assertionViolations([source('a.ts', '// the column is text\nconst x = y as string')]))
  finds(assertionViolations([source('a.ts', 'const x = [1] as const')]))
})

test('clock and chance are found in pure packages, a date made from a given number is not', () => {
  const text = 'Date.now()\nnew Date()\nnew Date(5)\nMath.random()\nTemporal.Now.instant()'
  finds(purityViolations([source('packages/domain/src/a.ts', text)]), /Date\.now/, /new Date/, /Math/, /Temporal/)
  finds(purityViolations([source('packages/wechat/src/a.ts', text)]), /Date\.now/, /new Date/, /Math/, /Temporal/)
  finds(purityViolations([source('packages/server/src/a.ts', text)]))
})

test('a Node module in what runs in a browser is found', () => {
  finds(runtimeViolations([source('packages/sdk/src/a.ts', `import { x } from 'node:fs'`)]), /browser/)
})

test('HTTP clients outside the egress module are found, HTTP servers are not', () => {
  const server = 'packages/server/src/platform/a.ts'
  finds(egressViolations([source(server, `await fetch('x')`)]), /egress/)
  finds(egressViolations([source(server, `import { request } from 'node:https'`)]), /egress/)
  finds(egressViolations([source(server, `import http from 'node:http'`)]), /egress/)
  finds(egressViolations([source(server, `import { createServer } from 'node:http'`)]))
  finds(egressViolations([source('packages/server/src/channel/egress.ts', `await fetch('x')`)]))
  finds(egressViolations([source('packages/sdk/src/a.ts', `await fetch('x')`)]))
})

test('registries, machine paths and open certificates are found in any file', () => {
  const file = (text: string) => [{ path: 'a.md', text }]
  finds(textViolations(file('see https://registry.example.org/x')), /registry/)
  finds(textViolations(file('open /home/me/duoke')), /one machine/)
  finds(textViolations(file('{ rejectUnauthorized: false }')), /certificate/)
  finds(textViolations(file('see https://example.org/work/x and ./home/x')))
})

test('loose versions, install scripts and named places are found', () => {
  finds(versionViolations('package.json', { dependencies: { a: '^1.0.0', b: '1.0.0', c: 'latest' } }), /a is/, /c is/)
  finds(scriptViolations({ packages: { 'node_modules/x': { hasInstallScript: true } } }), /x wants to run/)
  finds(
    lockfileViolations({ packages: { 'node_modules/x': { resolved: 'https://host/x.tgz' }, 'packages/a': {} } }),
    /names where it came from/,
    /no integrity/,
  )
})

test('a lockfile without the packages of another platform is found', () => {
  const entry = { optionalDependencies: { 'x-win32': '1.0.0' } }
  finds(missingPlatforms({ packages: { 'node_modules/x': entry } }), /lacks x-win32/)
  finds(missingPlatforms({ packages: { 'node_modules/x': entry, 'node_modules/x-win32': {} } }))
  finds(missingPlatforms({ packages: { 'node_modules/x': entry, 'node_modules/x/node_modules/x-win32': {} } }))
})

test('an import that the package does not declare is found', () => {
  const manifestOf = (folder: string) =>
    folder === '..' ? { devDependencies: { koa: '3.0.0' } } : { name: '@duoke/sdk', dependencies: { ws: '8.0.0' } }
  const text = `import 'ws'\nimport 'koa'\nimport 'node:fs'\nimport './x.ts'`
  finds(undeclaredImports([source('packages/sdk/src/a.ts', text)], manifestOf), /does not declare koa/)
  finds(undeclaredImports([source('packages/sdk/src/a.test.ts', text)], manifestOf))
})
