import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { links } from './documents/markdown.ts'
import { listPaths, root } from './tidy/repository.ts'

const sections = ['## 调用接口 · Calling', '## 接收推送 · Receiving', '## 注意 · Notes']
const folder = 'docs/guides/'
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const guides = listPaths()
  .filter((path) => path.startsWith(folder) && path.endsWith('.md'))
  .map((path) => ({ path, name: basename(path, '.md'), text: read(path) }))
  .filter(({ text }) => text.includes('## 调用接口 · Calling'))

test('every guide to an SDK is in the list of guides, which the documentation and the README lead to', () => {
  const listed = links(read(`${folder}README.md`)).map(({ target }) => target)
  for (const { name } of guides)
    assert.ok(listed.includes(`${name}.md`), `docs/guides/README.md does not name ${name}.md`)
  assert.ok(links(read('docs/README.md')).some(({ target }) => target === 'guides/README.md'))
  assert.ok(links(read('README.md')).some(({ target }) => target === 'docs/guides/README.md'))
})

test('every guide says in both languages where each of the values goes, or which guide says so', () => {
  for (const { path, text } of guides) {
    const found = [...text.matchAll(/^## .+$/gm)].map(([heading]) => heading)
    assert.deepEqual(found, sections, path)
    const [calling = '', receiving = ''] = text.split(/^## .+$/m).slice(1)
    const namesAll = (part: string, ...values: RegExp[]) => values.every((value) => value.test(part))
    const refersOn = (part: string) =>
      links(part).some(({ target }) => guides.some(({ name }) => target === `${name}.md`))
    assert.ok(
      refersOn(calling) || namesAll(calling, /AppID/, /AppSecret/, /kf\.example\.com|DUOKE_URL/),
      `${path}: Calling must name the host, the AppID and the AppSecret`,
    )
    assert.ok(
      refersOn(receiving) || (namesAll(text, /\bToken\b/, /EncodingAESKey|aes_key/) && /push URL/.test(receiving)),
      `${path}: Receiving must name the push URL, the Token and the EncodingAESKey`,
    )
    const prose = receiving.replaceAll(/^```[\s\S]+?^```$/gm, '')
    for (const part of [text, prose]) {
      assert.match(part, /\p{Script=Han}{4}/u, `${path}: Receiving must be told in Chinese`)
      assert.match(part, /[a-z]+ [a-z]+ [a-z]+/, `${path}: Receiving must be told in English`)
    }
  }
})

test('the JavaScript of a guide is one program, and the tests of the server run it', () => {
  const withCode = guides.filter(({ text }) => /^```(js|javascript|ts|typescript)$/m.test(text))
  for (const { path, text } of withCode)
    assert.equal(
      [...text.matchAll(/^```(js|javascript|ts|typescript)$/gm)].length,
      1,
      `${path} shows several programs; only the first is run`,
    )
  const run = listPaths()
    .filter((path) => /^packages\/server\/test\/sdk-[\w-]+\.test\.ts$/.test(path))
    .flatMap((path) =>
      [...read(path).matchAll(/\b(?:client\(|receiver\(|receiver\.bind\(null, )'([\w-]+)'/g)].map((match) => match[1]),
    )
  assert.deepEqual(
    withCode.map(({ name }) => name),
    [...new Set(run)].sort((a = '', b = '') => (`${a}.md` < `${b}.md` ? -1 : 1)),
  )
})
