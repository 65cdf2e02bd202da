import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { faults, required, testsOf, titlesIn } from './documents/faults.ts'
import { anchors, type Link, links, table, withWrittenPart } from './documents/markdown.ts'
import { namedTests, pages } from './documents/pages.ts'
import { fieldNames } from './documents/schema-text.ts'
import { listPaths, root } from './tidy/repository.ts'

for (const page of pages) {
  test(`${page.path} says what the code says, no more and no less`, async () => {
    const written = await page.write()
    assert.ok(written.split('\n').length > 4, `The code declares nothing for ${page.path}.`)
    assert.ok(existsSync(join(root, page.path)), `${page.path} is missing. Run: npm run documents`)
    const text = readFileSync(join(root, page.path), 'utf8')
    assert.equal(text, withWrittenPart(text, written), `${page.path} differs from the code. Run: npm run documents`)
  })
}

test('every fault that a release answers for has a test named after it, and every named fault is listed', () => {
  const tests = testsOf(namedTests())
  const without = required.filter((id) => !tests.has(id))
  assert.deepEqual(without, [], `No test names ${without.join(', ')} in its title.`)
  const unknown = [...tests.keys()].filter((id) => !faults.some((fault) => fault.id === id))
  assert.deepEqual(unknown, [], 'Describe them in test/documents/faults.ts.')
})

test('a title names its faults one by one or as a range', () => {
  const tests = titlesIn('a.test.ts', `test('F01, F03: it\\'s there', () => {})\ndescribe("F05-F07", () => {})`)
  assert.deepEqual(tests[0]?.title, "F01, F03: it's there")
  assert.deepEqual([...testsOf(tests).keys()], ['F01', 'F03', 'F05', 'F07', 'F06'])
})

const markdown = listPaths().filter((path) => path.endsWith('.md'))

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

function linkProblem(page: string, { target, line }: Link): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined
  const [file = '', fragment] = target.split('#')
  const path = file === '' ? page : join(dirname(page), decodeURIComponent(file))
  if (!existsSync(join(root, path))) return `${page}:${line}: ${target} leads nowhere.`
  if (fragment === undefined || !path.endsWith('.md') || anchors(read(path)).has(fragment)) return undefined
  return `${page}:${line}: ${path} has no heading "${fragment}".`
}

test('every link and picture of every page leads somewhere', () => {
  const problems = markdown.flatMap((page) => links(read(page)).flatMap((link) => linkProblem(page, link) ?? []))
  assert.equal(problems.length, 0, `\n${problems.join('\n')}\n`)
})

test('every path of the repository that a page names exists', () => {
  const problems = markdown.flatMap((page) =>
    [...read(page).matchAll(/`((?:packages|docs|test|bench|\.ci)\/[\w./-]+)`/g)]
      .map((match) => match[1] ?? '')
      .filter((path) => !existsSync(join(root, path)))
      .map((path) => `${page}: ${path} does not exist.`),
  )
  assert.equal(problems.length, 0, `\n${problems.join('\n')}\n`)
})

test('the written part of a page is replaced and the rest is left alone', () => {
  const first = withWrittenPart('# Title\n\nIntroduction.\n', 'one')
  const second = withWrittenPart(`${first}\nAfter.\n`, 'two')
  assert.match(second, /^# Title\n\nIntroduction\.\n\n<!--[^\n]+-->\n\ntwo\n\n<!--[^\n]+-->\n\nAfter\.\n$/)
  assert.equal(withWrittenPart(second, 'two'), second)
})

test('links are found in text, and not in code', () => {
  const page = 'See [a](b.md#c) and ![p](d.png).\n```\n[x](y)\n```\n`[x](y)` <img src="e.png">\n'
  assert.deepEqual(
    links(page).map((link) => link.target),
    ['b.md#c', 'd.png', 'e.png'],
  )
  assert.deepEqual([...anchors('# A b, c!\n\n## 多客 x\n')], ['a-b-c', '多客-x'])
})

test('a table keeps its columns when a text holds a bar', () => {
  assert.equal(table(['A'], [['x|y']]), '| A |\n| --- |\n| x\\|y |')
})

test('a schema is told in a few words', () => {
  const schema = {
    type: 'object',
    required: ['id', 'kind'],
    properties: {
      id: { type: 'string' },
      kind: { anyOf: [{ const: 'a' }, { const: 'b' }] },
      items: { type: 'array', items: { type: 'integer' } },
    },
  }
  assert.equal(fieldNames(schema), '`id` string, `kind` "a" or "b", `items?` list of integer')
})
