import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readingOf } from './pinyin.ts'

test('a title is read a syllable a word, without tones, and other writing stays whole', () => {
  assert.equal(readingOf('问候'), 'wen hou')
  assert.equal(readingOf('您好，欢迎'), 'nin hao , huan ying')
  assert.equal(readingOf('女装退货'), 'nv zhuang tui huo')
  assert.equal(readingOf('重庆银行'), 'chong qing yin hang')
  assert.equal(readingOf('VIP 会员 2026'), 'vip hui yuan 2026')
  assert.equal(readingOf(''), '')
})
