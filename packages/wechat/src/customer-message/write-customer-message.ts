import type { Fields } from '../document/fields.ts'
import { writeDocument } from '../document/write.ts'
import { customerMessageCodecs } from './codecs.ts'
import type { CustomerMessage, CustomerMessageOptions, TypingCommand } from './customer-message.ts'

/** The body of `message/custom/send`: raw UTF-8, because WeChat refuses `\uXXXX` (protocol reference, section 0). */
export function writeCustomerMessage(
  openid: string,
  message: CustomerMessage,
  options: CustomerMessageOptions = {},
): string {
  const fields: Fields = {
    touser: openid,
    msgtype: message.type,
    [message.type]: bodyFields(message),
    ...(options.kfAccount === undefined ? {} : { customservice: { kf_account: options.kfAccount } }),
    ...(options.aiMessage === undefined ? {} : { aimsgcontext: { is_ai_msg: options.aiMessage ? '1' : '0' } }),
    ...(options.businessId === undefined ? {} : { businessid: options.businessId }),
  }
  return writeDocument(fields, 'json')
}

export function writeTyping(openid: string, command: TypingCommand): string {
  return writeDocument({ touser: openid, command }, 'json')
}

function bodyFields(message: CustomerMessage): Fields {
  switch (message.type) {
    case 'text':
      return customerMessageCodecs.text.write(message)
    case 'image':
    case 'voice':
    case 'mpnews':
      return customerMessageCodecs[message.type].write(message)
    case 'video':
      return customerMessageCodecs.video.write(message)
    case 'music':
      return customerMessageCodecs.music.write(message)
    case 'news':
      return customerMessageCodecs.news.write(message)
    case 'mpnewsarticle':
      return customerMessageCodecs.mpnewsarticle.write(message)
    case 'msgmenu':
      return customerMessageCodecs.msgmenu.write(message)
    case 'wxcard':
      return customerMessageCodecs.wxcard.write(message)
    case 'miniprogrampage':
      return customerMessageCodecs.miniprogrampage.write(message)
    case 'link':
      return customerMessageCodecs.link.write(message)
    default:
      return message satisfies never
  }
}
