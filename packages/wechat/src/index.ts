export {
  type Decrypted,
  type DecryptFailure,
  type DecryptInput,
  decrypt,
  decryptFailureCodes,
  deriveAesKey,
  type EncryptInput,
  encrypt,
} from './crypto/cipher.ts'
export { type CryptoCode, cryptoCodes, WechatCryptoError } from './crypto/codes.ts'
export { signature, signatureMatches } from './crypto/signature.ts'
export type * from './customer-message/customer-message.ts'
export { type ParseOptions, parseCustomerMessage, parseTyping } from './customer-message/parse-customer-message.ts'
export { writeCustomerMessage, writeTyping } from './customer-message/write-customer-message.ts'
export {
  DocumentError,
  type DocumentFormat,
  type DocumentRefusal,
  documentLimits,
  type Fields,
  type FieldValue,
} from './document/fields.ts'
export { detectFormat, readDocument } from './document/read.ts'
export { storableText } from './document/storable-text.ts'
export { writeDocument } from './document/write.ts'
export { describeError, type ErrorLanguage } from './errors/describe-error.ts'
export { type ErrorCode, errorCodes, errorMessage, meaningOf } from './errors/error-codes.ts'
export type { ErrorMeaning } from './errors/error-rows.ts'
export {
  type InterpretOptions,
  interpretSendResponse,
  type SendOutcome,
  type SendResponse,
} from './errors/send-response.ts'
export * from './limits.ts'
export type { PushCredentials, PushMode, PushQuery } from './push/credentials.ts'
export type * from './push/events.ts'
export type * from './push/messages.ts'
export {
  defaultToleranceSeconds,
  type OpenedPush,
  type OpenPushInput,
  openPush,
  type PushRefusal,
  pushSizeLimits,
} from './push/open-push.ts'
export { parsePush, pushFields } from './push/parse-push.ts'
export type * from './push/push.ts'
export { pushKey } from './push/push-key.ts'
export { type PushTarget, type SealedPush, type SealPushInput, sealPush } from './push/seal-push.ts'
export { answerVerification, type Verification } from './push/verification.ts'
export { type RawPush, writePush } from './push/write-push.ts'
export { parseReply, replySizeLimitBytes } from './reply/parse-reply.ts'
export type * from './reply/reply.ts'
export { openReply, type SealReplyInput, sealReply } from './reply/seal-reply.ts'
export { acknowledgement, replyFields, writeReply } from './reply/write-reply.ts'
