import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as wechat from './index.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('the example of the README runs and its own assertions hold', async () => {
  const example = /```ts\n([\s\S]+?)```/.exec(readme)?.[1] ?? ''
  assert.ok(example.includes("from '@duoke/wechat'"))
  const code = example.replace("'@duoke/wechat'", `'${import.meta.resolve('./index.ts')}'`)
  // A module that exports how far it came: an empty example would not define it.
  const ran: unknown = await import(
    `data:text/javascript,${encodeURIComponent(`${code}\nexport const sent = message`)}`
  )
  assert.ok(typeof ran === 'object' && ran !== null && 'sent' in ran && String(ran.sent).includes('已发货'))
})

test('the README names every function and table of the package, and no other', () => {
  const table = readme.slice(readme.indexOf('## What is in it'), readme.indexOf('## What it promises'))
  const named = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name)
  const unlisted = new Set([
    'DocumentError',
    'WechatCryptoError',
    'decryptFailureCodes',
    'defaultToleranceSeconds',
    'replySizeLimitBytes',
  ])
  assert.deepEqual(
    named.toSorted(),
    Object.keys(wechat)
      .filter((name) => !unlisted.has(name))
      .toSorted(),
  )
})
