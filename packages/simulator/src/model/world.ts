import { type Ports, randomToken, toSeconds } from '../ports.ts'
import { type AccountSettings, completeAccount, type NewAccount } from './account.ts'
import { ApiUse } from './api-use.ts'
import type { ChatContent, ChatEntry, Notice } from './chat.ts'
import { FaultPlan } from './faults.ts'
import { deriveOpenid, type Follower } from './follower.ts'
import { type CallRecord, Journal, type PushRecord } from './journal.ts'
import { MediaStore } from './media.ts'
import { QrCodes } from './qr-codes.ts'
import { MINI_PROGRAM_TABLE, openWindow, QUOTA_TABLES, type QuotaTable, type TriggerClass } from './quota.ts'
import { Tags } from './tags.ts'
import { TokenIssuer } from './tokens.ts'
import type { WorldSnapshot } from './world-snapshot.ts'

/** A phone scrolls back this far. */
const MAX_CHAT_ENTRIES = 2_000

export interface Account {
  settings: AccountSettings
  tokens: TokenIssuer
  apiUse: ApiUse
}

export type WorldEvent =
  | { type: 'account'; account: string }
  | { type: 'follower'; account: string; follower: string }
  | { type: 'entry'; account: string; follower: string; entry: ChatEntry }
  | { type: 'typing'; account: string; follower: string; untilMs: number | null }
  | { type: 'push'; account: string; push: PushRecord }
  | { type: 'call'; account: string | null; call: CallRecord }

export type NewEntry = Omit<ChatEntry, 'id' | 'atMs'>

/** Everything WeChat knows: accounts, their followers, what each phone shows. Decides nothing about the wire. */
export class World {
  readonly ports: Ports
  readonly media: MediaStore
  readonly qrCodes: QrCodes
  readonly tags = new Tags()
  readonly faults = new FaultPlan()
  readonly journal = new Journal()
  quotaTable: QuotaTable = QUOTA_TABLES.current
  readonly #accounts = new Map<string, Account>()
  readonly #followers = new Map<string, Follower>()
  readonly #byOpenid = new Map<string, Follower>()
  readonly #chats = new Map<string, ChatEntry[]>()
  readonly #listeners = new Set<(event: WorldEvent) => void>()
  #msgIdLow: bigint

  constructor(ports: Ports) {
    this.ports = ports
    this.media = new MediaStore(ports.clock, ports.random)
    this.qrCodes = new QrCodes(ports.clock, ports.random)
    this.#msgIdLow = BigInt(Buffer.from(ports.random.bytes(3)).readUIntBE(0, 3))
  }

  listen(listener: (event: WorldEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  emit(event: WorldEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  accounts(): Account[] {
    return [...this.#accounts.values()]
  }

  account(id: string): Account | undefined {
    return this.#accounts.get(id)
  }

  accountByAppId(appId: string): Account | undefined {
    return this.accounts().find((account) => account.settings.appId === appId)
  }

  putAccount(given: NewAccount): Account {
    const settings = completeAccount(given)
    const known = this.#accounts.get(settings.id)
    const account = known ?? {
      settings,
      tokens: new TokenIssuer(this.ports.clock, this.ports.random),
      apiUse: new ApiUse(this.ports.clock),
    }
    account.settings = settings
    this.#accounts.set(settings.id, account)
    this.emit({ type: 'account', account: settings.id })
    return account
  }

  followersOf(accountId: string): Follower[] {
    return [...this.#followers.values()].filter((follower) => follower.accountId === accountId)
  }

  follower(accountId: string, id: string): Follower | undefined {
    return this.#followers.get(chatKey(accountId, id))
  }

  followerByOpenid(accountId: string, openid: string): Follower | undefined {
    return this.#byOpenid.get(chatKey(accountId, openid))
  }

  addFollower(account: Account, given: { id?: string; name: string; openid?: string }): Follower {
    const id = given.id ?? randomToken(this.ports.random, 8)
    const accountId = account.settings.id
    const follower: Follower = {
      id,
      accountId,
      openid: given.openid ?? deriveOpenid(account.settings.originalId, id),
      name: given.name,
      followingSinceMs: null,
      subscribeScene: 'ADD_SCENE_SEARCH',
      lastScene: '',
      remark: '',
      tagIds: [],
      isBlacklisted: false,
      quota: [],
      lastExchangeMs: null,
      typingUntilMs: null,
    }
    this.#place(follower, [])
    this.emit({ type: 'follower', account: accountId, follower: id })
    return follower
  }

  #place(follower: Follower, chat: ChatEntry[]): void {
    const { accountId, id, openid } = follower
    this.#followers.set(chatKey(accountId, id), follower)
    this.#byOpenid.set(chatKey(accountId, openid), follower)
    this.#chats.set(chatKey(accountId, id), chat)
  }

  takeSnapshot(): WorldSnapshot {
    const followers = [...this.#followers.values()]
    return {
      version: 1,
      accounts: this.accounts().map(({ settings }) => settings),
      followers,
      chats: followers.map((follower) => [...this.chat(follower)]),
      media: this.media.all().map(({ bytes: _bytes, ...facts }) => facts),
      qrCodes: this.qrCodes.all(),
      tags: this.tags.all(),
    }
  }

  restore(snapshot: WorldSnapshot, bytesOf: (mediaId: string) => Uint8Array | undefined): void {
    for (const settings of snapshot.accounts) this.putAccount(settings)
    for (const [at, stored] of snapshot.followers.entries()) {
      this.#place({ ...UNTAGGED, ...stored }, snapshot.chats[at] ?? [])
    }
    for (const tag of snapshot.tags ?? []) this.tags.put(tag)
    for (const code of snapshot.qrCodes) this.qrCodes.put(code)
    for (const facts of snapshot.media) {
      const bytes = bytesOf(facts.id)
      if (bytes) this.media.put({ ...facts, bytes })
    }
  }

  changed(follower: Follower): void {
    this.emit({ type: 'follower', account: follower.accountId, follower: follower.id })
  }

  chat(follower: Follower): readonly ChatEntry[] {
    return this.#chats.get(chatKey(follower.accountId, follower.id)) ?? []
  }

  append(follower: Follower, given: NewEntry): ChatEntry {
    const key = chatKey(follower.accountId, follower.id)
    const chat = this.#chats.get(key) ?? []
    const entry: ChatEntry = { ...given, id: (chat.at(-1)?.id ?? 0) + 1, atMs: this.ports.clock.nowMs() }
    chat.push(entry)
    if (chat.length > MAX_CHAT_ENTRIES) chat.shift()
    this.#chats.set(key, chat)
    if (given.from !== 'system') follower.lastExchangeMs = entry.atMs
    this.emit({ type: 'entry', account: follower.accountId, follower: follower.id, entry })
    if (given.from === 'account') this.setTyping(follower, null)
    return entry
  }

  notice(follower: Follower, notice: Notice): ChatEntry {
    const content: ChatContent = { kind: 'notice', notice }
    return this.append(follower, { from: 'system', content })
  }

  setTyping(follower: Follower, untilMs: number | null): void {
    if (follower.typingUntilMs === null && untilMs === null) return
    follower.typingUntilMs = untilMs
    this.emit({ type: 'typing', account: follower.accountId, follower: follower.id, untilMs })
  }

  /** Windows open at the second that the push names as its CreateTime: both sides of the wire can count from it. */
  openQuota(follower: Follower, trigger: TriggerClass): void {
    const atMs = toSeconds(this.ports.clock.nowMs()) * 1000
    const isMiniProgram = this.account(follower.accountId)?.settings.kind === 'mini-program'
    follower.quota = openWindow(follower.quota, isMiniProgram ? MINI_PROGRAM_TABLE : this.quotaTable, trigger, atMs)
    this.changed(follower)
  }

  /**
   * 64 bits, larger than a JavaScript number holds, as WeChat's are. The time is in it, so that a simulator started
   * again never repeats an id that the developer's server has already seen.
   */
  nextMsgId(): string {
    this.#msgIdLow = (this.#msgIdLow + 1n) & 0xffffffffn
    return ((BigInt(toSeconds(this.ports.clock.nowMs())) << 32n) | this.#msgIdLow).toString()
  }

  recordPush(push: PushRecord): void {
    this.journal.addPush(push)
    this.pushChanged(push)
  }

  pushChanged(push: PushRecord): void {
    this.emit({ type: 'push', account: push.account, push })
  }

  recordCall(call: CallRecord): void {
    this.journal.addCall(call)
    this.emit({ type: 'call', account: call.account, call })
  }
}

/** What worlds kept by an earlier version do not say. */
const UNTAGGED = { tagIds: [], isBlacklisted: false }

function chatKey(accountId: string, followerId: string): string {
  return `${accountId}\n${followerId}`
}
