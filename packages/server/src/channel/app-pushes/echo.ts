import type { Content } from '@duoke/contract'
import { previewOf } from '@duoke/domain'
import { type Fields, replyFields } from '@duoke/wechat'
import { mediaOf, passiveReplyOf } from '../translate.ts'

/**
 * An answer that somebody else gave the customer, for apps that wish to know: WeChat has no such push, so it is an event
 * of a name that no SDK knows and every one acknowledges. What was said is inside in the form of a passive reply.
 */
export function echoOf(messageId: string, content: Content, from: Fields): Fields {
  return { MsgType: 'event', Event: 'duoke_answer', ...from, AnswerId: messageId, Answer: answerOf(content) }
}

function answerOf(content: Content): Fields {
  // Files go by Duoke's own id there: the interface that apps call knows it.
  const reply = passiveReplyOf(content, new Map(mediaOf(content).map(({ mediaId }) => [mediaId, mediaId])))
  if (reply === null) return { MsgType: content.type, Content: previewOf(content) }
  return replyFields(reply)
}
