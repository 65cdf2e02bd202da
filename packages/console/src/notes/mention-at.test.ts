import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Agent } from '@duoke/contract'
import { findColleagues, mentionAt, partsOf, stillNamed } from './mention-at.ts'

const agent = (id: string, nickname: string, disabled = false): Agent => ({
  ...{ id, nickname, role: 'agent', teams: [], capacity: 1, disabled, status: 'online', load: 0 },
})

test('A name is asked for after an @, at the cursor, and not within an address of mail', () => {
  assert.deepEqual(mentionAt('请@王', 3), { from: 1, words: '王' })
  assert.deepEqual(mentionAt('@', 1), { from: 0, words: '' })
  assert.equal(mentionAt('a@b', 3), undefined)
  assert.equal(mentionAt('@王强 看', 5), undefined)
  assert.equal(mentionAt('@王强', 0), undefined)
  assert.deepEqual(mentionAt('@a@王', 4), undefined)
})

test('Colleagues are found by name and id, those who begin so first; oneself and who left are not', () => {
  const agents = [agent('wang', '王强'), agent('w2', '小王'), agent('lili', '莉莉'), agent('old', '王旧', true)]
  const found = (words: string) => findColleagues(agents, words, 'lili').map(({ id }) => id)
  assert.deepEqual(found('王'), ['wang', 'w2'])
  assert.deepEqual(found('WANG'), ['wang'])
  assert.deepEqual(found(''), ['w2', 'wang'])
  assert.deepEqual(found('莉'), [])
})

test('Whose name was deleted again is not mentioned; of two with one name, those who were chosen are', () => {
  const chosen = new Map([
    ['a', '王强'],
    ['b', '王强'],
    ['c', '李'],
  ])
  assert.deepEqual(stillNamed('@王强 看一下', chosen), ['a', 'b'])
})

test('Hostile: names within names, empty ones, patterns and markup are letters', () => {
  const shown = (text: string, names: string[]) =>
    partsOf(text, names)
      .map((part) => (part.isName ? `[${part.text}]` : part.text))
      .join('')
  assert.equal(shown('@王强强 和 @王强', ['王强', '王强强']), '[@王强强] 和 [@王强]')
  assert.equal(shown('@.* @x', ['.*', '']), '[@.*] @x')
  assert.equal(shown('<b>@</b>', ['</b>']), '<b>[@</b>]')
  assert.equal(shown('', ['a']), '')
})
