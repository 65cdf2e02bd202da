import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSkills, writeSkills } from './skills-text.ts'

test('Skills are read as they are written, with either comma and colon', () => {
  const skills = { 英语: 3, refund: 5 }
  assert.deepEqual(readSkills(writeSkills(skills)), skills)
  assert.deepEqual(readSkills('英语 : 3, refund：5、vip'), { 英语: 3, refund: 5, vip: 1 })
  assert.deepEqual(readSkills(' '), {})
})

test('A level outside 1 to 5 and a name with a blank are refused', () => {
  for (const text of ['英语:6', '英语:0', '英语:x', '英 语:1', ':1', '英语:1.5'])
    assert.equal(readSkills(text), undefined, text)
})
