import { readFileSync } from 'node:fs'
import type { CustomerMessage, CustomerMessageOptions, TypingCommand } from '../customer-message/customer-message.ts'
import type { DocumentFormat } from '../document/fields.ts'
import type { PushDraft, UnknownPush } from '../push/push.ts'
import type { PassiveReply, ReplyAddress, ReplyRefusal } from '../reply/reply.ts'

interface Named {
  readonly name: string
}

interface BothFormats extends Named {
  readonly xml: string
  readonly json: string
}

export interface EncryptionVector extends Named {
  readonly encodingAesKey: string
  readonly token: string
  readonly receiveId: string
  readonly timestamp: string
  readonly nonce: string
  readonly msgSignature: string
  readonly random16: string
  readonly message: string
  readonly encrypted: string
}

export interface SignatureVector extends Named {
  readonly token: string
  readonly timestamp: string
  readonly nonce: string
  readonly signature: string
  readonly echostr?: string
  readonly body?: string
}

export interface Fixtures {
  readonly vectors: {
    readonly signatures: readonly SignatureVector[]
    readonly encryption: readonly EncryptionVector[]
  }
  readonly pushes: {
    readonly valid: readonly (BothFormats & { readonly push: PushDraft })[]
    readonly unknown: readonly (BothFormats & { readonly push: UnknownPush })[]
  }
  readonly replies: {
    readonly valid: readonly (BothFormats & ReplyAddress & { readonly reply: PassiveReply })[]
    readonly readable: readonly (Named & {
      readonly format: DocumentFormat
      readonly body: string
      readonly reply: PassiveReply
    })[]
    readonly acknowledgements: readonly string[]
    readonly invalid: readonly (Named & {
      readonly format: DocumentFormat
      readonly body: string
      readonly reason: ReplyRefusal
    })[]
  }
  readonly 'customer-messages': {
    readonly valid: readonly (Named & {
      readonly body: string
      readonly openid: string
      readonly message: CustomerMessage
      readonly options: CustomerMessageOptions
    })[]
    readonly invalid: readonly (Named & {
      readonly body: string
      readonly errcode: number
      readonly refuseUnicodeEscapes?: boolean
    })[]
    readonly typing: {
      readonly valid: readonly { readonly body: string; readonly openid: string; readonly command: TypingCommand }[]
      readonly invalid: readonly (Named & { readonly body: string; readonly errcode: number })[]
    }
  }
  readonly hostile: {
    readonly entities: readonly (Named & { readonly document: string })[]
    readonly refused: readonly (Named & { readonly document: string; readonly reason: string })[]
    readonly opaque: readonly (Named & {
      readonly document: string
      readonly fromUser: string
      readonly content: string
    })[]
    readonly refusedJson: readonly (Named & { readonly document: string; readonly reason: string })[]
    readonly notUtf8: readonly (Named & { readonly bodyHex: string })[]
  }
}

export function fixture<Name extends keyof Fixtures>(name: Name): Fixtures[Name] {
  const file = new URL(`../../fixtures/${name}.json`, import.meta.url)
  // The files are ours and stand beside the code; a wrong shape fails the first test that reads it.
  return JSON.parse(readFileSync(file, 'utf8')) as Fixtures[Name]
}
