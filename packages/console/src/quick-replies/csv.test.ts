import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { QuickReply, QuickReplyContent } from '@duoke/contract'
import { fromCsv, toCsv } from './csv.ts'

const reply = (content: QuickReplyContent): QuickReply => ({
  id: 'qr_1',
  owner: { kind: 'organization' },
  pinyin: '',
  uses: 0,
  lastUsedAt: null,
  ...content,
})
const contents: QuickReplyContent[] = [
  {
    group: '售后',
    title: '退货, "地址"',
    parts: [
      { type: 'text', text: '第一行\n第二行' },
      { type: 'image', mediaId: 'md_1' },
    ],
  },
  { group: '', title: '公式', parts: [{ type: 'text', text: '=HYPERLINK("http://x")' }] },
  { group: '', title: '+86', parts: [{ type: 'text', text: "'单引号" }] },
]

test('what is exported is imported again as it was, and no spreadsheet takes a cell for a formula', () => {
  const csv = toCsv(contents.map(reply))
  assert.deepEqual(fromCsv(csv), { ok: true, items: contents })
  assert.ok(!/(^|,|")=/m.test(csv), csv)
})

test('a table of others is read with and without a header, in either language', () => {
  const items = [{ group: '售前', title: '问候', parts: [{ type: 'text', text: '您好' }] }]
  for (const head of ['', '分组,标题,内容\n', 'group,title,message 1\n']) {
    assert.deepEqual(fromCsv(`${head}售前,问候,您好\n\n`), { ok: true, items })
  }
  assert.deepEqual(fromCsv('售前\t问候\t您好'), { ok: true, items })
})

test('the line that cannot be taken is named', () => {
  assert.deepEqual(fromCsv('a,b,c\na,,c'), { ok: false, line: 2, fault: 'title' })
  assert.deepEqual(fromCsv('a,b,c\na,b'), { ok: false, line: 2, fault: 'message' })
  assert.deepEqual(fromCsv('a,b,1,2,3,4,5,6'), { ok: false, line: 1, fault: 'too-many' })
  assert.equal(fromCsv('a,"b').ok, false)
})
