import type { Body, OperationId, operations, Params, Query, Response as ResponseOf } from '@duoke/contract'
import type { CallPromise, PagePromise } from './answers.ts'
import type { CallOptions } from './send-request.ts'

type UploadOperation = {
  [O in OperationId]: (typeof operations)[O] extends { upload: true } ? O : never
}[OperationId]
export type FileOperation = {
  [O in OperationId]: (typeof operations)[O] extends { takes: string } ? O : never
}[OperationId]
export type BinaryOperation = {
  [O in OperationId]: (typeof operations)[O] extends { binary: true } ? O : never
}[OperationId]

type BodyOption<O extends OperationId> = O extends UploadOperation
  ? { readonly file: Blob; readonly fileName?: string }
  : O extends FileOperation
    ? { readonly file: Blob }
    : Body<O> extends undefined
      ? unknown
      : { readonly body: Body<O> }
type QueryOption<O extends OperationId> = { readonly query?: Query<O> }
export type OperationOptions<O extends OperationId> = CallOptions & QueryOption<O> & BodyOption<O>
/** Parameters and options may be left out when the operation needs none. */
export type CallArguments<O extends OperationId> =
  Record<never, never> extends OperationOptions<O>
    ? Record<never, never> extends Params<O>
      ? [params?: Params<O>, options?: OperationOptions<O>]
      : [params: Params<O>, options?: OperationOptions<O>]
    : [params: Params<O>, options: OperationOptions<O>]
export type Result<O extends OperationId> = O extends BinaryOperation ? Blob : ResponseOf<O>

/** Operations that answer cursor-paged lists. */
export type PagedOperation = {
  [O in OperationId]: ResponseOf<O> extends { items: readonly unknown[]; next: string | null }
    ? null extends ResponseOf<O>['next']
      ? O
      : never
    : never
}[OperationId]
export type ItemOf<O extends PagedOperation> = ResponseOf<O> extends { items: readonly (infer Item)[] } ? Item : never

export type Call = <O extends OperationId>(operation: O, ...rest: CallArguments<O>) => CallPromise<Result<O>>
export type List = <O extends PagedOperation>(operation: O, ...rest: CallArguments<O>) => PagePromise<ItemOf<O>>
