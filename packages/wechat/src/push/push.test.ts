import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { DocumentError } from '../document/fields.ts'
import { readDocument } from '../document/read.ts'
import { quotaTrigger } from '../limits.ts'
import { fixture } from '../testing/fixtures.ts'
import { eventCodecs, messageCodecs } from './codecs.ts'
import { parsePush, pushFields } from './parse-push.ts'
import type { Push, PushDraft } from './push.ts'
import { pushKey } from './push-key.ts'
import { writePush } from './write-push.ts'

const { valid, unknown } = fixture('pushes')
const formats = ['xml', 'json'] as const

for (const sample of valid) {
  test(`the push "${sample.name}" is read alike from XML and JSON and written back`, () => {
    for (const format of formats) {
      const { fields, ...typed } = parsePush(sample[format], format)
      assert.deepEqual(typed, sample.push)
      // What was read is written from its raw fields: byte for byte what came, in either format.
      assert.equal(writePush(parsePush(sample[format], format), format), sample[format])
      assert.deepEqual(readDocument(sample[format], format), fields)
      // What is made from typed values means the same.
      const { fields: _, ...again } = parsePush(writePush(sample.push, format), format)
      assert.deepEqual(again, sample.push)
    }
  })
}

test('every kind of message and event this package knows has a fixture', () => {
  const kinds = new Set(valid.map(({ push }) => (push.kind === 'event' ? `event ${push.event}` : push.kind)))
  for (const kind of Object.keys(messageCodecs)) assert.ok(kinds.has(kind as PushDraft['kind']), kind)
  for (const event of Object.keys(eventCodecs)) assert.ok([...kinds].includes(`event ${event}`), event)
})

for (const sample of unknown) {
  test(`F43 "${sample.name}" is kept raw, is no error, and is forwarded unchanged`, () => {
    for (const format of formats) {
      const push = parsePush(sample[format], format)
      assert.deepEqual(JSON.parse(JSON.stringify(push)), sample.push)
      if (push.toUser !== '') assert.equal(writePush(push, format), sample[format])
    }
  })
}

test('F43 new fields on a known kind are kept and forwarded', () => {
  const document = (valid[0]?.xml ?? '').replace('</xml>', '<NewField><![CDATA[7]]></NewField></xml>')
  const push = parsePush(document, 'xml')
  assert.equal(push.kind, 'text')
  assert.equal(push.fields.NewField, '7')
  assert.equal(writePush(push, 'xml'), document)
})

test('F43 whatever fields a push has, it is read as some push and written again', () => {
  const name = fc.oneof(
    fc.constantFrom('MsgType', 'Event', 'EventKey', 'Content', 'MsgId', 'CreateTime', 'ScanCodeInfo', 'SendPicsInfo'),
    fc.stringMatching(/^[A-Za-z]{1,8}$/),
  )
  const word = fc.constantFrom(
    'text',
    'event',
    'image',
    'CLICK',
    'MASSSENDJOBFINISH',
    'toString',
    '',
    '1',
    '-1',
    '1e999',
  )
  const value = fc.oneof(word, fc.string({ unit: 'grapheme' }), fc.dictionary(name, word, { maxKeys: 3 }))
  fc.assert(
    fc.property(fc.dictionary(name, value, { maxKeys: 6 }), (fields) => {
      const push = parsePush(JSON.stringify(fields), 'json')
      assert.equal(typeof pushKey(push), 'string')
      assert.equal(typeof (quotaTrigger(push) ?? ''), 'string')
      for (const format of formats) writePush(push, format)
    }),
    { numRuns: proofSize('properties') },
  )
})

test('a text that is no document is an error with a reason', () => {
  assert.throws(() => parsePush('<xml>', 'xml'), DocumentError)
  assert.throws(() => parsePush('{', 'json'), DocumentError)
})

test('F36 F37 any text a person can type survives a push in both formats', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (typed) => {
      // What nobody can type (control characters) has its own test.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
      const content = typed.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      const draft: PushDraft = { kind: 'text', toUser: 'gh_1', fromUser: 'o1', createTime: 1, msgId: '1', content }
      for (const format of formats) {
        const push = parsePush(writePush(draft, format), format)
        assert.ok(push.kind === 'text' && Buffer.from(push.content).equals(Buffer.from(content)))
      }
    }),
    { numRuns: proofSize('properties') },
  )
})

test('a kind without a type is written from its fields, with the envelope in front', () => {
  const raw = {
    toUser: 'gh_1',
    fromUser: 'o1',
    createTime: 7,
    fields: { MsgType: 'event', Event: 'new', X: { Y: '1' } },
  }
  const xml =
    '<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[o1]]></FromUserName><CreateTime>7</CreateTime>' +
    '<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[new]]></Event><X><Y><![CDATA[1]]></Y></X></xml>'
  assert.equal(writePush(raw, 'xml'), xml)
  assert.equal(
    writePush(raw, 'json'),
    '{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":7,"MsgType":"event","Event":"new","X":{"Y":"1"}}',
  )
})

function event(fields: Record<string, string>): Push {
  const all = { ToUserName: 'gh_1', FromUserName: 'o1', CreateTime: '1700000000', MsgType: 'event', ...fields }
  return parsePush(JSON.stringify(all), 'json')
}

test('F28 events of one second with another name, key, job or customer are told apart; repeats are not', () => {
  const shapes = [
    event({ Event: 'subscribe' }),
    event({ Event: 'unsubscribe' }),
    event({ Event: 'CLICK', EventKey: 'a' }),
    event({ Event: 'CLICK', EventKey: 'b' }),
    event({ Event: 'VIEW', EventKey: 'a' }),
    event({ Event: 'CLICK', EventKey: 'a', FromUserName: 'o2' }),
    event({ Event: 'CLICK', EventKey: 'a', CreateTime: '1700000001' }),
    event({ Event: 'TEMPLATESENDJOBFINISH', MsgID: '1', Status: 'success' }),
    event({ Event: 'TEMPLATESENDJOBFINISH', MsgID: '2', Status: 'success' }),
    event({ Event: 'kf_create_session', KfAccount: 'a@test' }),
    event({ Event: 'kf_create_session', KfAccount: 'b@test' }),
    event({ Event: 'new_event', EventKey: '1' }),
    event({ Event: 'new_event', EventKey: '2' }),
    event({ Event: 'VIEW', EventKey: `https://example.com/${'x'.repeat(2000)}1` }),
    event({ Event: 'VIEW', EventKey: `https://example.com/${'x'.repeat(2000)}2` }),
    event({ Event: 'CLICK', EventKey: '"],["' }),
  ]
  assert.equal(new Set(shapes.map(pushKey)).size, shapes.length)
  for (const push of shapes) {
    const again = parsePush(writePush(push, 'xml'), 'xml')
    assert.equal(pushKey(again), pushKey(push))
    assert.ok(pushKey(push).length <= 400)
  }
  assert.equal(pushKey(event({ Event: 'subscribe' })), 'event:["o1","1700000000","subscribe"]')
})

test('F28 a message is known by its MsgId alone, in either format', () => {
  for (const { xml, json, push } of valid) {
    if (push.kind === 'event') continue
    assert.equal(pushKey(parsePush(xml, 'xml')), `message:["${push.msgId}"]`)
    assert.equal(pushKey(parsePush(json, 'json')), pushKey(parsePush(xml, 'xml')))
  }
})

test('a message without a MsgId is known by everything it says', () => {
  const message = (content: string) =>
    parsePush(`{"FromUserName":"o1","CreateTime":1,"MsgType":"text","Content":"${content}"}`, 'json')
  assert.equal(pushKey(message('a')), pushKey(message('a')))
  assert.notEqual(pushKey(message('a')), pushKey(message('b')))
})

test('the string MsgId of a cloud function is kept as it is', () => {
  const id = '49d72d67b16d115e7935ac386f2f0fa41535298877_1555684067'
  const draft: PushDraft = { kind: 'text', toUser: 'wx1', fromUser: 'o1', createTime: 1, msgId: id, content: 'x' }
  assert.equal(parsePush(writePush(draft, 'json'), 'json').fields.MsgId, id)
  assert.equal(pushFields(draft).MsgId, id)
})
