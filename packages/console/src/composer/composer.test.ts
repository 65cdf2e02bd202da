import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, madeConversation, madeWaiting, t0 } from '../../test/support/made.ts'
import { allowanceOf, bytesOf } from './allowance.ts'
import { type DraftStore, Drafts } from './drafts.ts'
import { meaningOfEnter } from './enter-key.ts'

const key = (change: Partial<KeyboardEvent> = {}) => ({
  key: 'Enter',
  keyCode: 13,
  isComposing: false,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...change,
})
const long = 10_000

test('Enter sends and Shift+Enter begins a line', () => {
  assert.equal(meaningOfEnter(key(), '您好', long), 'send')
  assert.equal(meaningOfEnter(key({ shiftKey: true }), '您好', long), 'none')
  assert.equal(meaningOfEnter(key({ key: 'a' }), '您好', long), 'none')
})

test('Enter that belongs to an input method never sends, in whatever way the browser tells it', () => {
  assert.equal(meaningOfEnter(key({ isComposing: true }), 'ni hao', long), 'none')
  assert.equal(meaningOfEnter(key({ keyCode: 229 }), 'ni hao', long), 'none')
  assert.equal(meaningOfEnter(key(), '你好', 5), 'none')
})

test('Ctrl or Command with Enter accepts the next one when nothing is written, and with Shift sends and ends', () => {
  assert.equal(meaningOfEnter(key({ ctrlKey: true }), '  ', long), 'accept-next')
  assert.equal(meaningOfEnter(key({ metaKey: true }), '', long), 'accept-next')
  assert.equal(meaningOfEnter(key({ ctrlKey: true }), '好', long), 'send')
  assert.equal(meaningOfEnter(key({ metaKey: true, shiftKey: true }), '好', long), 'send-and-end')
})

test('How often and how long one may write is known before writing', () => {
  assert.deepEqual(allowanceOf(madeConversation('a'), 'lili', t0), {
    kind: 'open',
    remaining: 5,
    closesInMs: 48 * 3_600_000,
  })
})

test('What forbids writing is named: queue, colleague, end, unfollow, window, count', () => {
  const reason = (conversation: ReturnType<typeof madeConversation>, nowMs = t0) => {
    const allowance = allowanceOf(conversation, 'lili', nowMs)
    return allowance.kind === 'closed' ? allowance.reason : undefined
  }
  const quota = (remaining: number, expiresAt: string | null) => ({ remaining, expiresAt, windows: [] })
  const customer = { id: 'cu', name: '陈晓', following: false, tags: [], ownerId: null }
  assert.equal(reason(madeWaiting('a', 0)), 'waiting')
  assert.equal(reason(madeConversation('a', { assignee: 'wang' })), 'other')
  assert.equal(reason(madeConversation('a', { status: 'closed' })), 'ended')
  assert.equal(reason(madeConversation('a', { customer })), 'unfollowed')
  assert.equal(reason(madeConversation('a', { quota: quota(3, null) })), 'window')
  assert.equal(reason(madeConversation('a', { quota: quota(3, at(1_000)) }), t0 + 1_000), 'window')
  assert.equal(reason(madeConversation('a', { quota: quota(0, at(1_000)) })), 'count')
})

test('A text is measured as WeChat measures it, in bytes', () => {
  assert.equal(bytesOf('你好😀a'), 11)
})

function memory(): DraftStore & { size: () => number } {
  const kept = new Map<string, string>()
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
    size: () => kept.size,
  }
}

test('A draft survives a reload, stays with its conversation and its agent, and goes when it is empty', () => {
  const store = memory()
  new Drafts(store, 'acme', 'lili').write('cv_1', '写了一半\n第二行')
  const after = new Drafts(store, 'acme', 'lili')
  assert.equal(after.read('cv_1'), '写了一半\n第二行')
  assert.equal(after.read('cv_2'), '')
  assert.equal(new Drafts(store, 'acme', 'wang').read('cv_1'), '')
  after.write('cv_1', '')
  assert.equal(store.size(), 0)
})

test('A storage that is full or forbidden costs no more than the draft', () => {
  const refuse = () => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
  }
  const drafts = new Drafts({ getItem: refuse, setItem: refuse, removeItem: refuse }, 'acme', 'lili')
  drafts.write('cv_1', 'x')
  assert.equal(drafts.read('cv_1'), '')
})
