import { button, element, replace } from '../dom.js'
import { toWire } from '../emoji.js'
import { icon } from '../icons.js'
import { VoiceButton } from '../voice.js'
import { say } from '../words.js'
import { emojiPanel } from './emoji-panel.js'
import { menuBar } from './menu-bar.js'
import { isMiniProgram } from './mini-program.js'
import { morePanel } from './more-panel.js'

/** Everything below the chat: the account's menu or the writing row, and under it one panel at most. */
export class Dock {
  #context
  #mode = null
  #openPanel = null
  #shownMenu = null
  #field
  #voiceButton
  #buttons
  #row
  #menuHost = element('div', { class: 'menu-host' })
  #panelHost = element('div', { class: 'panel-host' })

  /** @param {{ act: Function, phone: Function, account: Function, sheet: object, followEnd: Function }} context */
  constructor(context) {
    this.#context = context
    this.#field = this.#makeField()
    this.#voiceButton = new VoiceButton(context)
    this.#buttons = this.#makeButtons()
    const { menu, voice, emoji, more, send } = this.#buttons
    this.#row = element(
      'div',
      { class: 'writing' },
      menu,
      voice,
      this.#field,
      this.#voiceButton.root,
      emoji,
      more,
      send,
    )
    this.root = element('footer', { class: 'dock' }, this.#menuHost, this.#row, this.#panelHost)
  }

  /** After the account changed: its menu may be another one. */
  refresh() {
    const account = this.#context.account()
    // It hears no voices (protocol reference, section 9).
    this.#buttons.voice.hidden = isMiniProgram(account)
    const menu = account?.menu ?? []
    const asText = JSON.stringify(menu)
    if (asText === this.#shownMenu) return
    this.#shownMenu = asText
    const hasMenu = menu.length > 0
    this.#buttons.menu.hidden = !hasMenu
    if (hasMenu) replace(this.#menuHost, menuBar({ menu, act: this.#context.act, leave: () => this.#setMode('text') }))
    if (this.#mode === null || !hasMenu) this.#setMode(hasMenu && !isEmbedded() ? 'menu' : 'text')
  }

  closePanels() {
    this.#setPanel(null)
  }

  close() {
    void this.#voiceButton.cancel()
  }

  #makeField() {
    return element('textarea', {
      class: 'field input',
      rows: 1,
      enterkeyhint: 'send',
      'aria-label': say('message'),
      maxlength: 4_000,
      on: {
        input: () => this.#showSend(),
        keydown: (event) => this.#onKey(event),
        focus: () => this.#setPanel(null),
      },
    })
  }

  #makeButtons() {
    const dockButton = (word, name, click, properties = {}) =>
      button(say(word), { class: 'dock-button', on: { click }, ...properties }, icon(name))
    const isClosed = { 'aria-expanded': 'false' }
    return {
      menu: dockButton('toMenu', 'menu', () => this.#setMode('menu'), { class: 'dock-button to-menu' }),
      voice: dockButton('toVoice', 'voice', () => this.#toggleVoice()),
      emoji: dockButton('emoji', 'smile', () => this.#togglePanel('emoji'), isClosed),
      more: dockButton('more', 'plus', () => this.#togglePanel('more'), isClosed),
      send: element(
        'button',
        { type: 'button', class: 'send', hidden: true, on: { click: () => void this.#send() } },
        say('send'),
      ),
    }
  }

  #setMode(next) {
    const { voice } = this.#buttons
    this.#mode = next
    this.#menuHost.hidden = next !== 'menu'
    this.#row.hidden = next === 'menu'
    this.#field.hidden = next === 'voice'
    this.#voiceButton.root.hidden = next !== 'voice'
    replace(voice, icon(next === 'voice' ? 'keyboard' : 'voice'))
    voice.title = say(next === 'voice' ? 'toKeyboard' : 'toVoice')
    voice.setAttribute('aria-label', voice.title)
    this.#setPanel(null)
  }

  #toggleVoice() {
    this.#setMode(this.#mode === 'voice' ? 'text' : 'voice')
    if (this.#mode === 'text') this.#field.focus()
  }

  #togglePanel(name) {
    if (this.#mode === 'voice') this.#setMode('text')
    this.#setPanel(this.#openPanel === name ? null : name)
  }

  #setPanel(name) {
    this.#openPanel = name
    for (const panel of ['emoji', 'more']) this.#buttons[panel].setAttribute('aria-expanded', String(panel === name))
    if (name === 'emoji') {
      const insert = (text) => this.#insert(text)
      replace(this.#panelHost, emojiPanel({ insert, erase: () => this.#erase(), send: () => void this.#send() }))
    } else if (name === 'more') {
      replace(this.#panelHost, morePanel({ ...this.#context, done: () => this.#setPanel(null) }))
    } else {
      replace(this.#panelHost)
    }
    this.#context.followEnd()
  }

  #showSend() {
    const hasText = this.#field.value.trim() !== ''
    this.#buttons.send.hidden = !hasText
    this.#buttons.more.hidden = hasText
  }

  /** Enter that ends a Chinese input method's composition does not send. */
  #onKey(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    void this.#send()
  }

  /** What could not be sent comes back, unless something else has been written meanwhile. */
  async #send() {
    const text = this.#field.value
    if (text.trim() === '') return
    this.#setText('')
    const isSent = await this.#context.act({ type: 'text', text: toWire(text) })
    if (!isSent && this.#field.value === '') this.#setText(text)
  }

  #setText(text) {
    this.#field.value = text
    this.#showSend()
  }

  #insert(text) {
    const { selectionStart: start, selectionEnd: end, value } = this.#field
    this.#setText(value.slice(0, start) + text + value.slice(end))
    this.#field.setSelectionRange(start + text.length, start + text.length)
  }

  /** A face is one stroke of the eraser. */
  #erase() {
    const { selectionStart, value } = this.#field
    const before = value.slice(0, selectionStart)
    const kept = before.replace(/\[[^[\]]{1,12}\]$/u, '')
    const shorter = kept === before ? [...before].slice(0, -1).join('') : kept
    this.#setText(shorter + value.slice(selectionStart))
    this.#field.setSelectionRange(shorter.length, shorter.length)
  }
}

/** Beside a console the point is to write at once; alone the phone opens on the menu, as WeChat's does. */
function isEmbedded() {
  return document.documentElement.classList.contains('embed')
}
