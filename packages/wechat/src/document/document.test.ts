import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { XMLParser } from 'fast-xml-parser'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { parsePush } from '../push/parse-push.ts'
import { fixture } from '../testing/fixtures.ts'
import { DocumentError, documentLimits, type Fields } from './fields.ts'
import { readJson } from './json-reader.ts'
import { storableText } from './storable-text.ts'
import { writeDocument } from './write.ts'
import { readXml } from './xml-reader.ts'

const hostile = fixture('hostile')

function refusalOf(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (error instanceof DocumentError) return error.reason
    throw error
  }
}

test(`F32 all ${hostile.entities.length} documents with a DOCTYPE, entity, include or style sheet are refused`, () => {
  assert.ok(hostile.entities.length >= 40)
  for (const { name, document } of hostile.entities) {
    assert.notEqual(
      refusalOf(() => readXml(document)),
      undefined,
      name,
    )
  }
})

for (const { name, document, reason } of hostile.refused) {
  test(`F35 refused: ${name}`, () => {
    assert.equal(
      refusalOf(() => readXml(document)),
      reason,
    )
  })
}

for (const { name, document, fromUser, content } of hostile.opaque) {
  test(`F35 no field is forged by ${name}`, () => {
    const push = parsePush(document, 'xml')
    assert.equal(push.kind, 'text')
    assert.equal(push.fromUser, fromUser)
    assert.equal(push.kind === 'text' && push.content, content)
    assert.equal(Object.getPrototypeOf(push.fields), Object.prototype)
  })
}

for (const { name, document, reason } of hostile.refusedJson) {
  test(`F35 refused as JSON: ${name}`, () => {
    assert.equal(
      refusalOf(() => readJson(document)),
      reason,
    )
  })
}

const wrap = (content: string) => `<xml><FromUserName>o1</FromUserName><Content>${content}</Content></xml>`
const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth)
const laughs = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('')
const bombs: readonly (readonly [string, string])[] = [
  ['a billion laughs', `<!DOCTYPE xml [<!ENTITY l0 "ha">${laughs}]>${wrap('&l9;')}`],
  ['quadratic blow-up', `<!DOCTYPE xml [<!ENTITY a "${'a'.repeat(50_000)}">]>${wrap('&a;'.repeat(50_000))}`],
  ['a million numeric references', wrap('&#65;'.repeat(1_000_000))],
  ['100,000 levels', wrap(nested(100_000))],
  ['17 levels', wrap(nested(documentLimits.depth))],
  ['20,000 elements', wrap('<a/>'.repeat(20_000))],
  ['20,000 attributes', `<xml ${Array.from({ length: 20_000 }, (_, at) => `a${at}="1"`).join(' ')}/>`],
  ['a name of 10 MB', `<xml><${'a'.repeat(10_000_000)}/></xml>`],
  ['100,000 open brackets', `<xml>${'<'.repeat(100_000)}</xml>`],
  ['100,000 section beginnings', wrap('<![CDATA['.repeat(25_000))],
  ['an open comment', wrap(`<!--${'-'.repeat(100_000)}`)],
]
for (const [name, document] of bombs) {
  test(`F33 ${name}: refused within 50 ms of work`, () => {
    const costs = [1, 2, 3].map(() => {
      const before = process.cpuUsage()
      assert.notEqual(
        refusalOf(() => readXml(document)),
        undefined,
      )
      return process.cpuUsage(before).user / 1000
    })
    // The best of three: the first run pays for the compiler, any may pay for somebody else's garbage.
    assert.ok(Math.min(...costs) <= 50, `${costs} ms`)
  })
}

test('F33 JSON as deep or as long as that is refused too', () => {
  for (const document of [
    '['.repeat(100_000),
    `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`,
    `{"a":[${'1,'.repeat(100_000)}1]}`,
    `{"a":"${'x'.repeat(documentLimits.characters)}"}`,
    `{"a":[${'{},'.repeat(10_000)}{}]}`,
  ]) {
    assert.notEqual(
      refusalOf(() => readJson(document)),
      undefined,
    )
  }
})

const typed = fc.string({ unit: 'grapheme', maxLength: 200 })
const names = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/)

test('F36 F37 any string a person can type comes back from XML and JSON byte for byte', () => {
  fc.assert(
    fc.property(typed, (text) => {
      const content = storableText(text)
      assert.deepEqual(readXml(writeDocument({ Content: text }, 'xml')), { Content: content })
      assert.deepEqual(readJson(writeDocument({ Content: text }, 'json')), { Content: content })
    }),
    { numRuns: proofSize('properties') },
  )
})

test('F37 emoji, joiners, direction marks, marks on marks and the end of a section survive', () => {
  const texts = [
    '👨‍👩‍👧‍👦🏳️‍🌈🇨🇳',
    '\u202eabc\u202c',
    `a${'\u0301'.repeat(10_000)}`,
    ']]>',
    ']]]]>>',
    'a]]>b\r\nc\rd',
    '\u0085\u2028\u2029\u00a0\u3000',
    ' space around ',
    '\t\n',
    '𠮷野家',
    '<![CDATA[x]]>',
    '&amp;&#13;',
    '0012',
    '1e3',
    '-0',
    'true',
    'null',
    '6526133992738756795',
    '\ufeffx',
  ]
  for (const text of texts) {
    assert.equal(storableText(text), text)
    assert.deepEqual(readXml(writeDocument({ Content: text, MsgId: text }, 'xml')), { Content: text, MsgId: text })
    assert.deepEqual(readJson(writeDocument({ Content: text, MsgId: text }, 'json')), { Content: text, MsgId: text })
  }
})

test('F38 control characters become their pictures and halves of pairs their escapes, the same in both formats', () => {
  const text = 'a\u0000b\u0008c\u000bd\u001fe\ud800f\udc00g\ufffeh'
  const expected = 'a␀b␈c␋d␟e\\ud800f\\udc00g\\ufffeh'
  assert.equal(storableText(text), expected)
  assert.deepEqual(readXml(`<xml><A><![CDATA[${text}]]></A></xml>`), { A: expected })
  assert.deepEqual(readJson(JSON.stringify({ A: text })), { A: expected })
  assert.equal(storableText(expected), expected)
})

test('F36 numbers in JSON keep their digits', () => {
  assert.deepEqual(
    readJson('{"MsgId":6526133992738756795,"a":[-0.10,1E5,12345678901234567890.5],"t":true,"f":false,"n":null}'),
    {
      MsgId: '6526133992738756795',
      a: ['-0.10', '1E5', '12345678901234567890.5'],
      t: 'true',
      f: 'false',
      n: '',
    },
  )
})

const leaf = fc.oneof(typed, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null))
const tree = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('value'), { maxLength: 4 }), tie('object')),
  object: fc.dictionary(typed, tie('value'), { maxKeys: 4 }),
})).object

function asRead(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  if (value === null) return ''
  if (Array.isArray(value)) return value.map(asRead)
  if (typeof value !== 'object') return JSON.stringify(value)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storableText(key), asRead(inner)]))
}

test('our JSON reader agrees with JSON.parse on everything but numbers, which it keeps as text', () => {
  fc.assert(
    fc.property(tree, fc.constantFrom('', '\t', '  '), (value, indent) => {
      assert.deepEqual(readJson(JSON.stringify(value, null, indent)), asRead(value))
    }),
    { numRuns: proofSize('properties') },
  )
})

test('what our JSON reader accepts, JSON.parse accepts', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"b"',
    '1',
    '-',
    '0',
    '.5',
    'e1',
    'true',
    'null',
    ' ',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const text = `{${parts.join('')}}`
      if (refusalOf(() => readJson(text)) === undefined) assert.doesNotThrow(() => JSON.parse(text))
    }),
    { numRuns: proofSize('properties') },
  )
})

const other = new XMLParser({ parseTagValue: false, trimValues: false, ignoreAttributes: true, htmlEntities: true })

test('F35 fast-xml-parser reads the same from what WeChat writes and from what we write', () => {
  for (const { name, xml } of fixture('pushes').valid) {
    const theirs: unknown = other.parse(xml)
    assert.deepEqual(singled(theirs), { xml: singled(readXml(xml)) }, name)
  }
  fc.assert(
    fc.property(fc.dictionary(names, typed, { minKeys: 1, maxKeys: 6 }), (fields: Fields) => {
      const xml = writeDocument(fields, 'xml')
      assert.deepEqual(readXml(xml), asRead(fields))
      const dangerous = Object.keys(fields).some((name) => name in Object.prototype)
      if (!dangerous && !xml.includes('&#13;')) assert.deepEqual(other.parse(xml), { xml: asRead(fields) })
    }),
    { numRuns: proofSize('properties') },
  )
})

/** Both parsers make a list of repeated elements and none of a single one; own prototypes do not matter here. */
function singled(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

test('a name that is no element name is never written into XML', () => {
  for (const name of ['a b', '<x>', '', '1a', 'a><b', '你']) {
    assert.throws(() => writeDocument({ [name]: 'x' }, 'xml'), TypeError)
  }
})

test('an element name in a list repeats, on the first level it may not', () => {
  assert.deepEqual(readXml('<xml><L><i>1</i><i>2</i></L></xml>'), { L: { i: ['1', '2'] } })
  assert.equal(
    refusalOf(() => readXml('<xml><i>1</i><i>2</i></xml>')),
    'duplicate-field',
  )
})
