import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { fixture } from '../testing/fixtures.ts'
import { DocumentError } from './fields.ts'
import { readFlatXml } from './flat-xml.ts'
import { storableText } from './storable-text.ts'
import { parseXml } from './xml-reader.ts'

/** Whatever it reads, the parser reads the same; what the parser refuses, it leaves to it. */
function assertAgrees(document: string): void {
  const text = storableText(document)
  const flat = readFlatXml(text)
  if (flat !== undefined) assert.deepEqual(flat, parseXml(text), document)
}

test('the short way reads nearly all that WeChat sends, and the same as the parser', () => {
  const { valid } = fixture('pushes')
  for (const { xml } of valid) assertAgrees(xml)
  const short = valid.filter(({ xml }) => readFlatXml(storableText(xml)) !== undefined)
  assert.ok(short.length * 2 > valid.length, `${short.length} of ${valid.length}`)
  assert.deepEqual(readFlatXml('<xml>\n<A><![CDATA[a<b>&]]></A>\n <B>0012</B><C></C></xml>\n'), {
    A: 'a<b>&',
    B: '0012',
    C: '',
  })
})

test('F35 the short way forges no field and swallows no refusal of a hostile document', () => {
  const { refused, opaque, entities } = fixture('hostile')
  for (const { document } of opaque) assertAgrees(document)
  for (const { document } of [...refused, ...entities]) {
    assert.throws(() => parseXml(storableText(document)), DocumentError)
    assert.equal(readFlatXml(storableText(document)), undefined, document.slice(0, 200))
  }
  const named = readFlatXml('<xml><__proto__><![CDATA[x]]></__proto__></xml>')
  assert.equal(Object.getPrototypeOf(named), Object.prototype)
})

test('F35 whatever is put together from the pieces of documents, the short way never disagrees with the parser', () => {
  const pieces = fc.constantFrom(
    ...[
      '<xml>',
      '</xml>',
      '<a>',
      '</a>',
      '<b>',
      '</b>',
      '<a/>',
      '<![CDATA[',
      ']]>',
      ']]',
      '>',
      '<',
      '&amp;',
      '&',
      '\r',
    ],
    ...[
      '\n',
      ' ',
      'x',
      '0012',
      '😀',
      '\ud83d',
      '\u0000',
      '<!-- c -->',
      '<?p ?>',
      '<!DOCTYPE xml>',
      '</a >',
      '<a b="c">',
      '\ufeff',
    ],
  )
  const inner = fc.array(pieces, { maxLength: 10 }).map((parts) => `<xml>${parts.join('')}</xml>`)
  const leaf = fc.tuple(fc.constantFrom('a', 'b', 'c1', '_d'), pieces, pieces)
  const leaves = fc.array(leaf, { maxLength: 4 }).map((all) => {
    return `<xml>${all.map(([name, before, text]) => `<${name}><![CDATA[${before}${text}]]></${name}>`).join('\n')}</xml>`
  })
  fc.assert(
    fc.property(fc.oneof(inner, leaves), (document) => {
      const text = storableText(document)
      const flat = readFlatXml(text)
      // The parser throws when it refuses: then the short way must have stepped aside.
      if (flat !== undefined) assert.deepEqual(flat, parseXml(text))
    }),
    { numRuns: proofSize('properties') * 4 },
  )
})
