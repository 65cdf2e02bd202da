import { control } from './control.js'
import { element } from './dom.js'
import { icon } from './icons.js'
import { recordMicrophone, speakAlone } from './recorder.js'
import { showToast } from './toast.js'
import { say } from './words.js'

const SHORTEST_MS = 700
const LONGEST_MS = 60_000

/** Press, speak, let go. Without a microphone a murmur of the same length is sent, so that the road can be shown. */
export class VoiceButton {
  #context
  #label = element('span', {}, say('voiceMode'))
  #bubble = element('div', { class: 'recording', hidden: true }, icon('waves'), element('span', {}, say('release')))
  #held = null

  /** @param {{ act: Function, phone: Function }} context */
  constructor(context) {
    this.#context = context
    this.root = element('button', { type: 'button', class: 'field hold', hidden: true }, this.#label, this.#bubble)
    this.#listen()
  }

  async cancel() {
    const held = this.#letGo()
    const recording = await held?.recording
    await recording?.finish()
  }

  #listen() {
    const isKey = ({ key }) => key === ' ' || key === 'Enter'
    const listeners = {
      pointerdown: (event) => {
        this.root.setPointerCapture(event.pointerId)
        this.#start()
      },
      pointerup: () => void this.#finish(),
      pointercancel: () => void this.cancel(),
      keydown: (event) => isKey(event) && !event.repeat && this.#start(),
      keyup: (event) => isKey(event) && void this.#finish(),
      contextmenu: (event) => event.preventDefault(),
    }
    for (const [type, listener] of Object.entries(listeners)) this.root.addEventListener(type, listener)
  }

  #start() {
    if (this.#held) return
    const limit = setTimeout(() => void this.#finish(), LONGEST_MS)
    this.#held = { startedAt: performance.now(), recording: recordMicrophone(), limit }
    this.#show(true)
  }

  async #finish() {
    const held = this.#letGo()
    if (!held) return
    const ms = Math.min(LONGEST_MS, performance.now() - held.startedAt)
    const recording = await held.recording
    const wave = await recording?.finish()
    if (ms < SHORTEST_MS) showToast(say('voiceShort'))
    else await this.#send(wave ?? speakAlone(ms))
  }

  async #send(wave) {
    const { phone, act } = this.#context
    try {
      const { mediaId } = await control.putFile(phone(), 'voice', wave)
      await act({ type: 'voice', mediaId })
    } catch (error) {
      showToast(say('failed', error.message))
    }
  }

  #letGo() {
    const held = this.#held
    this.#held = null
    clearTimeout(held?.limit)
    this.#show(false)
    return held
  }

  #show(isHeld) {
    this.#bubble.hidden = !isHeld
    this.root.classList.toggle('is-held', isHeld)
    this.#label.textContent = say(isHeld ? 'release' : 'voiceMode')
  }
}
