import type { TSchema } from 'typebox'
import { Type } from 'typebox'
import type { ErrorCode } from '../errors.ts'
import type { Scope } from '../scopes.ts'

/**
 * Every operation of the REST interface, declared once. The server registers its routes from this table, the SDK is typed
 * by it, OpenAPI is printed from it. `scope: null` is for operations that need no token (signing in) and says so on purpose.
 */
export type OperationDeclaration = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path with `{name}` parameters, all of them strings. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  readonly scope: Scope | null
  readonly query?: TSchema
  readonly body?: TSchema
  /** The body is not JSON: multipart with a field `file`. */
  readonly upload?: true
  /** The body is one file of this type, read as it arrives, however large. */
  readonly takes?: 'application/gzip'
  readonly status: 200 | 201 | 202 | 204
  /** JSON answer; `binary` for files, `stream` for event streams that answer JSON pages when not asked for one. */
  readonly response?: TSchema
  readonly binary?: true
  /** The answer carries `Duoke-Cursor`, read in the same transaction: follow the events behind it. */
  readonly snapshot?: true
  readonly errors: readonly ErrorCode[]
}
export const declare = <const O extends OperationDeclaration>(operation: O): O => operation

export const strict = { additionalProperties: false } as const
export const Id = Type.String({ minLength: 1, maxLength: 80 })
export const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  after: Type.Optional(Type.String({ maxLength: 500 })),
}
export const Page = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next: Type.Union([Type.String(), Type.Null()]) })
export const PageQuery = Type.Object(page, strict)
export const note = Type.Optional(Type.String({ maxLength: 2000 }))
