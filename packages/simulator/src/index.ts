export { ManualClock, systemClock } from './clock.ts'
export type { ScriptResult, ScriptStep } from './control/script.ts'
export type { AccountView, FollowerView } from './control/views.ts'
export { createOutboundHttp } from './http-out.ts'
export { formatLoadReport, type LoadOptions, type LoadReport, runLoad } from './load/run-load.ts'
export type {
  AccountKind,
  AccountSettings,
  DataFormat,
  EncryptionMode,
  MenuButton,
  NewAccount,
  ServiceAgent,
} from './model/account.ts'
export type { ChatContent, ChatEntry, Notice } from './model/chat.ts'
export {
  EXAMPLE_ACCOUNT_ID,
  EXAMPLE_FOLLOWER_ID,
  type ExampleSecrets,
  exampleAccount,
  seedExampleWorld,
} from './model/example-world.ts'
export type { ApiFault, FaultRule, PushFault } from './model/faults.ts'
export { deriveOpenid, type Follower } from './model/follower.ts'
export type { CallRecord, PushAttempt, PushOutcome, PushRecord } from './model/journal.ts'
export {
  openWindow,
  openWindows,
  QUOTA_TABLES,
  type QuotaDecision,
  type QuotaTable,
  type QuotaTableId,
  type QuotaWindow,
  remainingIn,
  type TriggerClass,
  takeFromQuota,
} from './model/quota.ts'
export { type Account, World, type WorldEvent } from './model/world.ts'
export type { Clock, HttpAnswer, HttpRequest, OutboundHttp, Ports, RandomSource } from './ports.ts'
export type { Acted } from './push/acting.ts'
export type { FollowerAction } from './push/actions.ts'
export { type RetryContract, WECHAT_RETRIES } from './push/pusher.ts'
export { seededRandom, systemRandom } from './random.ts'
export { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'
