import { control } from '../control.js'
import { button, element, replace } from '../dom.js'
import { icon } from '../icons.js'
import { needsTime, timeLine } from '../times.js'
import { showToast } from '../toast.js'
import { say } from '../words.js'
import { renderEntry } from './bubbles.js'
import { Dock } from './dock.js'
import { openProfile, profilePage } from './profile.js'

/** Nearer to the end than this, the chat follows new messages; farther, the reader stays where he reads. */
const NEAR_END_PX = 90

/** One phone: its title bar, its chat, and what the thumb reaches. */
export class PhoneView {
  #context
  #title = element('h1', { class: 'title' })
  #log = element('div', {
    class: 'log',
    role: 'log',
    'aria-live': 'polite',
    'aria-label': say('conversation'),
    tabindex: '0',
  })
  #jump = element('button', { type: 'button', class: 'jump', hidden: true })
  #body = element('div', { class: 'body' })
  #dock
  #resized = new ResizeObserver(() => this.#jump.hidden && this.#toEnd())
  #shownId = 0
  #lastTimeMs
  #missed = 0
  #typingTimer

  /** @param {{ store: import('../store.js').Store, sheet: import('../sheet.js').Sheet, key: string }} context */
  constructor(context) {
    this.#context = context
    this.act = this.act.bind(this)
    this.#dock = new Dock({
      act: this.act,
      phone: () => this.#phone,
      account: () => this.#account,
      sheet: context.sheet,
      followEnd: () => this.#toEnd(),
    })
    this.root = element('section', { class: 'screen', 'aria-label': say('conversation') }, this.#bar(), this.#body)
    this.#log.addEventListener('scroll', () => this.#isAtEnd && !this.#jump.hidden && this.#toEnd())
    // Pictures arrive after their bubble; a chat that stood at its end goes on standing there.
    this.#log.addEventListener('load', () => this.#isAtEnd && this.#toEnd(), true)
    this.#log.addEventListener('pointerdown', () => this.#dock.closePanels())
    this.#jump.addEventListener('click', () => this.#toEnd('smooth'))
    this.#resized.observe(this.#log)
    this.#arrange()
    this.#renderAll()
  }

  close() {
    this.#resized.disconnect()
    clearTimeout(this.#typingTimer)
    this.#dock.close()
  }

  update(change) {
    if (change.type === 'follower' || change.type === 'account') this.#arrange()
    if (change.key !== this.#context.key) return
    if (change.type === 'chat') this.#renderAll()
    if (change.type === 'entry') this.#take(change.entry)
    if (change.type === 'typing' || change.type === 'entry') this.#renderTitle()
  }

  /** True when it worked; a refusal is told on the phone. */
  async act(action) {
    try {
      await control.act(this.#phone, action)
      return true
    } catch (error) {
      showToast(say('failed', error.message))
      return false
    }
  }

  get #phone() {
    return this.#context.store.phones.get(this.#context.key)
  }

  get #account() {
    return this.#context.store.accounts.get(this.#phone?.account)
  }

  get #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX
  }

  #bar() {
    const openPage = () => openProfile({ ...this.#context, act: this.act })
    return element(
      'header',
      { class: 'bar' },
      element('span', { class: 'bar-side' }, icon('back')),
      this.#title,
      button(say('profile'), { class: 'bar-side bar-button', on: { click: openPage } }, icon('person')),
    )
  }

  /** The chat for a follower, the account's page for everybody else. */
  #arrange() {
    if (!this.#phone) return
    this.#dock.refresh()
    this.#renderTitle()
    const shows = this.#phone.isFollowing ? 'chat' : 'profile'
    if (this.#body.dataset.shows === shows) return
    this.#body.dataset.shows = shows
    if (shows === 'chat') replace(this.#body, this.#log, this.#jump, this.#dock.root)
    else replace(this.#body, profilePage({ ...this.#context, act: this.act }))
    this.#toEnd()
  }

  #renderAll() {
    const { store, key } = this.#context
    replace(this.#log)
    this.#shownId = 0
    this.#lastTimeMs = undefined
    for (const entry of store.chats.get(key) ?? []) this.#append(entry)
    this.#toEnd()
  }

  #append(entry) {
    if (entry.id <= this.#shownId) return
    this.#shownId = entry.id
    if (needsTime(this.#lastTimeMs, entry.atMs)) {
      this.#lastTimeMs = entry.atMs
      this.#log.append(element('p', { class: 'time' }, timeLine(entry.atMs, this.#context.store.now())))
    }
    this.#log.append(renderEntry(entry, { account: this.#account, phone: this.#phone, act: this.act }))
  }

  #take(entry) {
    const follows = entry.from === 'follower' || this.#isAtEnd
    this.#append(entry)
    if (follows) {
      this.#toEnd()
      return
    }
    this.#missed += 1
    this.#jump.textContent = say('newMessages', this.#missed)
    this.#jump.hidden = false
  }

  #toEnd(behavior = 'instant') {
    this.#missed = 0
    this.#jump.hidden = true
    requestAnimationFrame(() => this.#log.scrollTo({ top: this.#log.scrollHeight, behavior }))
  }

  #renderTitle() {
    clearTimeout(this.#typingTimer)
    const leftMs = (this.#phone?.typingUntilMs ?? 0) - this.#context.store.now()
    this.#title.textContent = leftMs > 0 ? say('typing') : (this.#account?.name ?? '')
    if (leftMs > 0) this.#typingTimer = setTimeout(() => this.#renderTitle(), leftMs)
  }
}
