import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Content, OutgoingContent } from '@duoke/contract'
import { parsePush } from '@duoke/wechat'
import { Value } from 'typebox/value'
import { customerMessageOf, mediaOf, passiveReplyOf, translatePush } from './translate.ts'

const head = '<ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName><CreateTime>1700000000</CreateTime>'

function translate(rest: string, start = head) {
  const document = `<xml>${start}${rest}</xml>`
  let drawn = 0
  const drawMediaId = () => {
    drawn += 1
    return `md${drawn}`
  }
  const translated = translatePush(parsePush(document, 'xml'), { accountId: 'acme-oa', document, drawMediaId })
  assert.ok(translated)
  assert.ok(Value.Check(Content, translated.command.content), JSON.stringify(translated.command.content))
  return translated
}
const message = (type: string, fields: string) =>
  translate(`<MsgType>${type}</MsgType>${fields}<MsgId>24300000000000001</MsgId>`)
const event = (name: string, fields = '') => translate(`<MsgType>event</MsgType><Event>${name}</Event>${fields}`)

test('a text becomes a message of its customer, with its key, time and raw push', () => {
  const { command, key, media } = message('text', '<Content>0012 你好</Content>')
  assert.equal(command.act, 'message')
  assert.deepEqual(command.content, { type: 'text', text: '0012 你好' })
  assert.equal(command.openid, 'oA')
  assert.equal(command.sentAtMs, 1_700_000_000_000)
  assert.match(key, /^push:acme-oa:.*24300000000000001/)
  assert.match(command.raw ?? '', /^<xml>.*0012 你好/)
  assert.deepEqual(media, [])
})

test('a click on a menu message keeps the item, which tells it from a typed text', () => {
  const { command } = message('text', '<Content>满意</Content><bizmsgmenuid>101</bizmsgmenuid>')
  assert.deepEqual(command.content, { type: 'text', text: '满意', menuItemId: '101' })
})

test('files of a message get ids of ours and are named for fetching', () => {
  const image = message('image', '<PicUrl>http://x/0</PicUrl><MediaId>WX1</MediaId>')
  assert.deepEqual(image.command.content, { type: 'image', mediaId: 'md1' })
  assert.deepEqual(image.media, [{ mediaId: 'md1', upstreamId: 'WX1', kind: 'image' }])
  assert.deepEqual(image.command.mediaIds, ['md1'])
  const video = message('shortvideo', '<MediaId>V</MediaId><ThumbMediaId>T</ThumbMediaId>')
  assert.deepEqual(video.command.content, { type: 'video', mediaId: 'md1', thumbMediaId: 'md2' })
  assert.deepEqual(
    video.media.map((one) => [one.upstreamId, one.kind]),
    [
      ['V', 'video'],
      ['T', 'thumb'],
    ],
  )
  const voice = message('voice', '<MediaId>S</MediaId><Format>amr</Format><Recognition>喂</Recognition>')
  assert.deepEqual(voice.command.content, { type: 'voice', mediaId: 'md1', format: 'amr', recognition: '喂' })
})

test('places, links, cards and files become content of their kind', () => {
  const place = '<Location_X>23.1</Location_X><Location_Y>113.3</Location_Y><Scale>20</Scale><Label>somewhere</Label>'
  assert.deepEqual(message('location', place).command.content, {
    type: 'location',
    latitude: 23.1,
    longitude: 113.3,
    scale: 20,
    label: 'somewhere',
  })
  assert.equal(message('link', '<Title>T</Title><Url>https://x</Url>').command.content.type, 'link')
  const page = '<Title>T</Title><AppId>wx1</AppId><PagePath>p</PagePath><ThumbMediaId>M</ThumbMediaId>'
  assert.deepEqual(message('miniprogrampage', page).media, [{ mediaId: 'md1', upstreamId: 'M', kind: 'thumb' }])
  const file = message('file', '<Title>a.pdf</Title><FileKey>K</FileKey><FileTotalLen>230895</FileTotalLen>')
  assert.deepEqual(file.command.content, { type: 'file', name: 'a.pdf', sizeBytes: 230895 })
  assert.deepEqual(file.media, [])
})

test('what a customer does without writing is an action, and its act says what it means', () => {
  const acts: [string, string, string, string][] = [
    ['subscribe', '', 'follow', 'follow'],
    ['unsubscribe', '<EventKey></EventKey>', 'unfollow', 'unfollow'],
    ['SCAN', '<EventKey>7</EventKey>', 'scan', 'scan'],
    ['CLICK', '<EventKey>K</EventKey>', 'menu', 'menu-click'],
    ['VIEW', '<EventKey>https://x</EventKey>', 'other', 'menu-link'],
    ['kf_close_session', '<KfAccount>a@b</KfAccount>', 'other', 'kf-close-session'],
    [
      'LOCATION',
      '<Latitude>1.5</Latitude><Longitude>2</Longitude><Precision>3</Precision>',
      'other',
      'location-reported',
    ],
  ]
  for (const [name, fields, act, action] of acts) {
    const { command } = event(name, fields)
    assert.equal(command.act, act, name)
    assert.ok(command.content.type === 'action')
    assert.equal(command.content.action, action)
    assert.equal(command.kind, 'action')
  }
})

test('a follow through a QR code keeps the scene without WeChat’s prefix', () => {
  const { command } = event('subscribe', '<EventKey>qrscene_123</EventKey><Ticket>T</Ticket>')
  assert.deepEqual(command.content, { type: 'action', action: 'follow', key: '123' })
})

test('F43: an unknown kind is kept raw and named, as a message or as something else', () => {
  const unknown = translate('<MsgType>hologram</MsgType><MsgId>9</MsgId><Beam>x</Beam>')
  assert.equal(unknown.command.act, 'message')
  assert.deepEqual(unknown.command.content, { type: 'unknown', name: 'hologram' })
  assert.match(unknown.command.raw ?? '', /<Beam>x<\/Beam>/)
  const happening = event('debug_demo')
  assert.equal(happening.command.act, 'other')
  assert.deepEqual(happening.command.content, { type: 'unknown', name: 'event.debug_demo' })
})

test('F43: a known kind in an unknown shape is still taken', () => {
  const broken = message('image', '<Strange>1</Strange>')
  assert.deepEqual(broken.command.content, { type: 'unknown', name: 'image' })
})

test('F28: two events of one second have different keys, and a repetition has the same', () => {
  const first = event('CLICK', '<EventKey>A</EventKey>')
  assert.notEqual(first.key, event('CLICK', '<EventKey>B</EventKey>').key)
  assert.notEqual(first.key, event('VIEW', '<EventKey>A</EventKey>').key)
  assert.equal(first.key, event('CLICK', '<EventKey>A</EventKey>').key)
})

test('a push that names nobody belongs to no conversation', () => {
  const document = '<xml><action>CheckContainerPath</action></xml>'
  const context = { accountId: 'a', document, drawMediaId: () => 'md' }
  assert.equal(translatePush(parsePush(document, 'xml'), context), null)
})

test('F38: control characters and overlong words are kept within what can be stored', () => {
  const { command } = message('link', `<Title>${'😀'.repeat(1500)}</Title><Url>x</Url>`)
  assert.ok(command.content.type === 'link')
  assert.equal(command.content.title, '😀'.repeat(1000))
  const json = '{"ToUserName":"g","FromUserName":"o","CreateTime":1,"MsgType":"text","Content":"a\\u0000b","MsgId":1}'
  const translated = translatePush(parsePush(json, 'json'), { accountId: 'a', document: json, drawMediaId: () => 'm' })
  assert.deepEqual(translated?.command.content, { type: 'text', text: 'a␀b' })
})

const outgoing: OutgoingContent[] = [
  { type: 'text', text: 'hi' },
  { type: 'image', mediaId: 'md1' },
  { type: 'voice', mediaId: 'md1' },
  { type: 'video', mediaId: 'md1', title: 't' },
  { type: 'news', articles: [{ title: 't', description: 'd', url: 'u' }] },
  { type: 'menu', head: 'h', items: [{ id: '1', text: 'one' }], tail: 't' },
  { type: 'mini-program', title: 't', appId: 'wx', pagePath: 'p', thumbMediaId: 'md1' },
  { type: 'card', cardId: 'c' },
]

test('everything that may be sent becomes a customer message, its files under WeChat’s ids', () => {
  const uploaded = new Map([['md1', 'WX']])
  const types = outgoing.map((content) => {
    assert.ok(Value.Check(OutgoingContent, content))
    return customerMessageOf(content, uploaded).type
  })
  assert.deepEqual(types, ['text', 'image', 'voice', 'video', 'news', 'msgmenu', 'miniprogrampage', 'wxcard'])
  assert.deepEqual(customerMessageOf({ type: 'image', mediaId: 'md1' }, uploaded), { type: 'image', mediaId: 'WX' })
  assert.throws(() => customerMessageOf({ type: 'image', mediaId: 'md2' }, uploaded), /not uploaded/)
})

test('the files an answer needs are named before it leaves', () => {
  assert.deepEqual(
    outgoing.map((content) => mediaOf(content)[0]?.kind ?? '-'),
    ['-', 'image', 'voice', 'video', '-', '-', 'thumb', '-'],
  )
})

test('only what WeChat takes as an answer to a push becomes one', () => {
  const uploaded = new Map([['md1', 'WX']])
  assert.deepEqual(passiveReplyOf({ type: 'text', text: 'hi' }, uploaded), { type: 'text', content: 'hi' })
  assert.equal(passiveReplyOf({ type: 'video', mediaId: 'md1' }, uploaded)?.type, 'video')
  assert.equal(passiveReplyOf({ type: 'card', cardId: 'c' }, uploaded), null)
  assert.equal(passiveReplyOf({ type: 'menu', items: [{ id: '1', text: 'x' }] }, uploaded), null)
})
