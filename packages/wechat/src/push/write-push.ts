import type { DocumentFormat, Fields } from '../document/fields.ts'
import { writeDocument } from '../document/write.ts'
import { pushFields } from './parse-push.ts'
import type { Push, PushDraft, PushEnvelope } from './push.ts'

/** A push by its wire fields, for kinds this package has no type for. */
export interface RawPush extends PushEnvelope {
  /** `MsgType` and everything after it; the envelope's three fields are written from the properties above. */
  readonly fields: Fields
}

/** A parsed push is written from its raw fields, so that forwarding loses nothing; a draft from its typed ones. */
export function writePush(push: Push | PushDraft | RawPush, format: DocumentFormat): string {
  return writeDocument('fields' in push ? rawFields(push) : pushFields(push), format)
}

function rawFields(push: RawPush): Fields {
  return {
    ToUserName: push.toUser,
    FromUserName: push.fromUser,
    CreateTime: String(push.createTime),
    ...Object.fromEntries(Object.entries(push.fields).filter(([name]) => !ENVELOPE.has(name))),
  }
}

const ENVELOPE = new Set(['ToUserName', 'FromUserName', 'CreateTime'])
