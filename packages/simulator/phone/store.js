import { control } from './control.js'

const RETRY_MS = [300, 1_000, 2_000, 5_000]

/**
 * What the page knows: accounts, phones and their chats. A snapshot comes with every connection, so whatever was missed
 * while it was down is there again; between snapshots it follows the events.
 */
export class Store {
  accounts = new Map()
  phones = new Map()
  chats = new Map()
  unread = new Map()
  isConnected = false
  activeKey = null
  #skewMs = 0
  #failures = 0
  #listeners = new Set()

  listen(listener) {
    this.#listeners.add(listener)
  }

  /** The simulator's time, which need not be the browser's. */
  now() {
    return Date.now() + this.#skewMs
  }

  connect() {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/sim/stream`)
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(data)))
    socket.addEventListener('close', () => {
      const wasConnected = this.isConnected
      this.isConnected = false
      if (wasConnected) this.#changed({ type: 'disconnected' })
      setTimeout(() => this.connect(), RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)])
    })
  }

  activate(key) {
    this.activeKey = key
    this.unread.delete(key)
    this.#changed({ type: 'active' })
  }

  read(key) {
    if (this.unread.delete(key)) this.#changed({ type: 'unread' })
  }

  add(phone) {
    this.phones.set(keyOf(phone), phone)
  }

  async load(key) {
    const phone = this.phones.get(key)
    if (!phone) return
    const { items } = await control.chat(phone)
    const later = (this.chats.get(key) ?? []).filter((entry) => entry.id > (items.at(-1)?.id ?? 0))
    this.chats.set(key, [...items, ...later])
    this.#changed({ type: 'chat', key })
  }

  #changed(change) {
    for (const listener of this.#listeners) listener(change)
  }

  #receive(frame) {
    switch (frame.type) {
      case 'snapshot':
        return this.#takeSnapshot(frame)
      case 'account':
        this.accounts.set(frame.account.id, frame.account)
        return this.#changed(frame)
      case 'follower':
        this.add(frame.follower)
        return this.#changed(frame)
      case 'typing':
        return this.#takeTyping(frame)
      case 'entry':
        return this.#takeEntry(frame)
      default:
        return undefined
    }
  }

  #takeSnapshot({ accounts, followers, nowMs }) {
    this.#failures = 0
    this.isConnected = true
    this.#skewMs = nowMs - Date.now()
    this.accounts = new Map(accounts.map((account) => [account.id, account]))
    this.phones = new Map(followers.map((follower) => [keyOf(follower), follower]))
    const loaded = [...this.chats.keys()]
    this.chats = new Map()
    this.#changed({ type: 'snapshot' })
    for (const key of loaded) void this.load(key)
  }

  #takeTyping({ account, follower, untilMs }) {
    const phone = this.phones.get(`${account}/${follower}`)
    if (!phone) return
    phone.typingUntilMs = untilMs
    this.#changed({ type: 'typing', key: keyOf(phone) })
  }

  #takeEntry({ account, follower, entry }) {
    const key = `${account}/${follower}`
    const chat = this.chats.get(key)
    const isUnseen = key !== this.activeKey || document.hidden
    if (entry.from === 'account' && isUnseen) this.unread.set(key, (this.unread.get(key) ?? 0) + 1)
    if (chat && entry.id > (chat.at(-1)?.id ?? 0)) chat.push(entry)
    this.#changed({ type: 'entry', key, entry })
  }
}

export function keyOf(phone) {
  return `${phone.account}/${phone.id}`
}
