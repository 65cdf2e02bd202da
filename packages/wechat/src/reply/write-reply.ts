import type { DocumentFormat, Fields } from '../document/fields.ts'
import { writeDocument } from '../document/write.ts'
import { replyCodecs } from './codecs.ts'
import type { PassiveReply, ReplyAddress } from './reply.ts'

/** The whole answer of a server that has nothing to say; sent in clear in every mode. */
export const acknowledgement = 'success'

export function writeReply(reply: PassiveReply, address: ReplyAddress, format: DocumentFormat): string {
  return writeDocument(
    {
      ToUserName: address.toUser,
      FromUserName: address.fromUser,
      CreateTime: String(address.createTime),
      ...replyFields(reply),
    },
    format,
  )
}

/** What a reply says, without who says it to whom. */
export function replyFields(reply: PassiveReply): Fields {
  return { MsgType: reply.type, ...bodyFields(reply) }
}

function bodyFields(reply: PassiveReply): Fields {
  switch (reply.type) {
    case 'text':
      return replyCodecs.text.write(reply)
    case 'image':
      return replyCodecs.image.write(reply)
    case 'voice':
      return replyCodecs.voice.write(reply)
    case 'video':
      return replyCodecs.video.write(reply)
    case 'music':
      return replyCodecs.music.write(reply)
    case 'news':
      return replyCodecs.news.write(reply)
    case 'transfer_customer_service':
      return replyCodecs.transfer_customer_service.write(reply)
    default:
      return reply satisfies never
  }
}
