export {
  type AppliedConfiguration,
  type ConfigurationChange,
  type ConfigurationDocument,
  type FairnessReport,
  type PreviewedService,
  type PublicEvent,
  type RulesPreview,
  type Scope,
  type StaffingForecast,
  scopes,
} from '@duoke/contract'
export { type Answer, CallPromise, type Page, PagePromise } from './answers.ts'
export type { Call, CallArguments, ItemOf, List, OperationOptions, PagedOperation, Result } from './calls.ts'
export { type Client, type ClientOptions, createClient } from './client.ts'
export { DuokeError, type DuokeErrorCode } from './duoke-error.ts'
export type { DeviceListener, Ports, SocketConstructor, SocketLike } from './ports.ts'
export { routes } from './routes.ts'
export type { CallOptions } from './send-request.ts'
export type { EventsOptions } from './stream/events-options.ts'
export type { Stream, StreamOptions } from './stream/open-stream.ts'
export type { EndReason, StreamState } from './stream/stream-state.ts'
export type { Outgoing, Surface } from './surface.ts'
