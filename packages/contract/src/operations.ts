import type { Static, TSchema } from 'typebox'
import { appOperations } from './operations/apps.ts'
import { conversationOperations } from './operations/conversation.ts'
import type { OperationDeclaration } from './operations/declaration.ts'
import { findingOperations } from './operations/finding.ts'
import { identityOperations } from './operations/identity.ts'
import { messageBoxOperations } from './operations/message-box.ts'
import { noteOperations } from './operations/notes.ts'
import { ownDeskOperations } from './operations/own-desk.ts'
import { peopleOperations } from './operations/people.ts'
import { platformOperations } from './operations/platform.ts'
import { quickReplyOperations } from './operations/quick-replies.ts'
import { recordOperations } from './operations/record.ts'
import { rulesOperations } from './operations/rules.ts'
import { supervisionOperations } from './operations/supervision.ts'

/** Every operation of the REST interface, in the order of the documentation. */
export const operations = {
  ...identityOperations,
  ...peopleOperations,
  ...conversationOperations,
  ...findingOperations,
  ...noteOperations,
  ...ownDeskOperations,
  ...messageBoxOperations,
  ...quickReplyOperations,
  ...supervisionOperations,
  ...rulesOperations,
  ...appOperations,
  ...platformOperations,
  ...recordOperations,
} as const satisfies Record<string, OperationDeclaration>

export type OperationId = keyof typeof operations
export const operationIds = Object.keys(operations) as OperationId[] // Object.keys loses the key type

type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamNames<Rest>
  : never
export type Params<O extends OperationId> = { readonly [N in ParamNames<(typeof operations)[O]['path']>]: string }
export type Query<O extends OperationId> = (typeof operations)[O] extends { query: infer Q extends TSchema }
  ? Static<Q>
  : Record<never, never>
export type Body<O extends OperationId> = (typeof operations)[O] extends { body: infer B extends TSchema }
  ? Static<B>
  : undefined
export type Response<O extends OperationId> = (typeof operations)[O] extends { response: infer R extends TSchema }
  ? Static<R>
  : undefined

export type { OperationDeclaration }
