import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { manageFolders } from './manage-folders.ts'
import { sparedFolders } from './spared-folders.ts'

const folder = join(import.meta.dirname, '..', '..')
const lingui = join(dirname(createRequire(import.meta.url).resolve('@lingui/cli')), 'lingui.js')

function check(...args: string[]): { status: number | null; output: string } {
  const child = spawnSync(process.execPath, [lingui, 'check', ...args, '--workers', '1'], { cwd: folder })
  return { status: child.status, output: `${child.stdout}${child.stderr}` }
}

test('Every text of the console is in the catalogues, and none that is gone: else run npm run extract', () => {
  const { status, output } = check('sync', '--clean')
  assert.equal(status, 0, output)
})

test('Every text of the console has its English', () => {
  const { status, output } = check('missing', '--locale', 'en', '--mode', 'catalog')
  assert.equal(status, 0, output)
})

test('A translation keeps every placeholder and every element of its source', () => {
  const po = ['desk', 'spared', 'manage']
    .map((name) => readFileSync(join(folder, `src/i18n/locales/${name}/en.po`), 'utf8'))
    .join('\n')
  const marks = (text: string) => [...new Set(text.match(/\{\w+(?=[,}])|<\/?\d+\/?>/g) ?? [])].sort()
  const pairs = [...po.matchAll(/^msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)/gm)].slice(1)
  assert.ok(pairs.length > 300, `${pairs.length} texts`)
  for (const [, source = '', translation = ''] of pairs) assert.deepEqual(marks(translation), marks(source), source)
})

test('Nothing outside administration shows a part of it, whose texts would be missing there', () => {
  const managed = manageFolders.join('|')
  const foreign = new RegExp(`from '\\.\\.?/(?:${managed})/.*\\.tsx'|import\\('\\.\\.?/(?:${managed})/`)
  const inside = new RegExp(`^(?:${managed})/`)
  const strays = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !inside.test(path.replaceAll('\\', '/')) && !path.endsWith('desk.tsx'))
    .filter((path) => foreign.test(readFileSync(join(folder, 'src', path), 'utf8')))
  assert.deepEqual(strays, [])
})

test('What the first load does without is shown only together with its texts', () => {
  const spared = sparedFolders.join('|')
  const inside = new RegExp(`^(?:${spared})/`)
  const shown = new RegExp(`from '\\.\\.?/(?:${spared})/(?:.*\\.tsx|.*-words\\.ts)'`)
  const fetched = new RegExp(`(\\w+)\\(\\(\\) => import\\('\\.\\.?/(?:${spared})/.*\\.tsx'\\)`, 'g')
  const strays: string[] = []
  let parts = 0
  for (const path of readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })) {
    const name = path.replaceAll('\\', '/')
    if (!/\.tsx?$/.test(name) || inside.test(name)) continue
    const text = readFileSync(join(folder, 'src', path), 'utf8')
    // That file comes with the texts itself.
    if (shown.test(text) && name !== 'shell/open-dialogs.tsx') strays.push(name)
    for (const [, by] of text.matchAll(fetched)) {
      parts += 1
      if (by !== 'sparedPart') strays.push(name)
    }
  }
  assert.deepEqual(strays, [])
  assert.ok(parts >= 5, `${parts} parts`)
})
