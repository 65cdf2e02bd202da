import assert from 'node:assert/strict'
import { test } from 'node:test'
import { safeUrl, splitLinks } from './safe-links.ts'

test('Only http, https and weixin addresses can be opened (U6)', () => {
  for (const url of ['https://a.example/x?y=1#z', 'http://a.example/', 'weixin://dl/chat'])
    assert.equal(safeUrl(url), url)
  const hostile = [
    'javascript:alert(1)',
    'java\tscript:alert(1)',
    'java\nscript:alert(1)',
    ' javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://a.example/1',
    '//a.example',
    'x',
    '',
  ]
  for (const url of hostile) assert.equal(safeUrl(url), undefined, url)
})

test('Addresses in a text are found without the punctuation around them', () => {
  assert.deepEqual(splitLinks('看 https://a.example/p?x=1，谢谢 (http://b.example/c).'), [
    { kind: 'text', text: '看 ' },
    { kind: 'link', url: 'https://a.example/p?x=1' },
    { kind: 'text', text: '，谢谢 (' },
    { kind: 'link', url: 'http://b.example/c' },
    { kind: 'text', text: ').' },
  ])
})

test('A text without an address stays whole', () => {
  assert.deepEqual(splitLinks('javascript:alert(1) //x http:/'), [
    { kind: 'text', text: 'javascript:alert(1) //x http:/' },
  ])
})
