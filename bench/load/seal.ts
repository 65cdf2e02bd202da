// Pushes exactly as WeChat sends them in safe mode, made before the clock starts.
import { randomBytes } from 'node:crypto'
import { sealPush } from '@duoke/wechat'
import { account } from '../account.ts'

export type Sealed = {
  /** A number in the text, by which the message is known again on a socket. */
  readonly order: string
  /** The whole HTTP request. */
  readonly request: Buffer
}

const phrases = [
  '你好，我上周买的空气净化器还没有收到',
  '请问这款鞋有没有43码',
  '可以开发票吗？抬头是上海多客科技有限公司',
  '昨天下单的，什么时候能发货呀',
  '退货的运费是谁承担',
  '这个颜色和图片差别有点大，想换一个',
  '会员积分怎么兑换优惠券',
  '客服在吗？我的账号登录不上了',
  '收到的杯子碎了一个，照片发给你们',
  '保修期是一年还是两年',
  '能不能改一下收货地址，写错门牌号了',
  '好的，谢谢',
]

// Unique also against what an earlier run left in the database; 64 bits, as WeChat's own.
let lastId = BigInt(Date.now()) * 1_000_000n

export function orderIn(frame: string): string | undefined {
  return /（订单 (\d+)）/.exec(frame)?.[1]
}

export function seal(path: string, port: number, openids: readonly string[]): Sealed[] {
  const timestamp = Math.floor(Date.now() / 1000)
  return openids.map((openid, index) => {
    lastId += 1n
    const order = String(lastId).slice(-10)
    const text = `${phrases[index % phrases.length]}（订单 ${order}）`
    const document =
      `<xml><ToUserName><![CDATA[${account.originalId}]]></ToUserName><FromUserName><![CDATA[${openid}]]></FromUserName>` +
      `<CreateTime>${timestamp}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${text}]]></Content>` +
      `<MsgId>${lastId}</MsgId></xml>`
    const { query, body, contentType } = sealPush(
      { ...account, mode: 'safe' },
      {
        document,
        format: 'xml',
        toUser: account.originalId,
        openid,
        timestamp,
        nonce: String(1_000_000_000 + (index % 900_000_000)),
        random16: randomBytes(16),
      },
    )
    const bytes = Buffer.from(body)
    const head =
      `POST ${path}?${new URLSearchParams(query)} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: Mozilla/4.0\r\n` +
      `Accept: */*\r\nContent-Type: ${contentType}\r\nContent-Length: ${bytes.length}\r\nConnection: keep-alive\r\n\r\n`
    return { order, request: Buffer.concat([Buffer.from(head), bytes]) }
  })
}
