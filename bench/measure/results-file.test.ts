import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withSection } from './results-file.ts'

const page = '# Results\n\nWhat was measured.\n'

test('the newest section stands above the others, and the one of the same day is replaced', () => {
  const one = withSection(page, '2026-01-01: npm run bench', 'old\n')
  assert.equal(one, '# Results\n\nWhat was measured.\n\n## 2026-01-01: npm run bench\n\nold\n')
  const two = withSection(one, '2026-01-02: npm run bench', 'new')
  assert.match(two, /measured\.\n\n## 2026-01-02: npm run bench\n\nnew\n\n## 2026-01-01: npm run bench\n\nold\n$/)
  assert.equal(withSection(two, '2026-01-02: npm run bench', 'new'), two)
  assert.equal(withSection(two, '2026-01-01: npm run bench', 'older'), two.replace('old\n', 'older\n'))
  assert.equal(withSection(two, '2026-01-02: npm run bench', 'newer'), two.replace('new\n', 'newer\n'))
})
