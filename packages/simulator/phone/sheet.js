import { button, element, replace } from './dom.js'
import { icon } from './icons.js'
import { say } from './words.js'

/** One sheet at a time rises from the bottom; Escape, the backdrop and the cross close it and give the focus back. */
export class Sheet {
  #host
  #before = null

  constructor(host) {
    this.#host = host
  }

  close() {
    replace(this.#host)
    this.#before?.focus?.()
    this.#before = null
  }

  open(title, content) {
    const close = () => this.close()
    this.#before = document.activeElement
    const panel = element(
      'div',
      { class: 'sheet', role: 'dialog', 'aria-modal': 'true', 'aria-label': title },
      element(
        'header',
        { class: 'sheet-head' },
        element('h2', {}, title),
        button(say('cancel'), { class: 'sheet-close', on: { click: close } }, icon('close')),
      ),
      element('div', { class: 'sheet-body' }, content),
    )
    replace(this.#host, element('div', { class: 'backdrop', on: { click: close } }), panel)
    const first = panel.querySelector('.sheet-body :is(input, button)') ?? panel.querySelector('button')
    first.focus({ preventScroll: true })
    panel.addEventListener('keydown', (event) => keepFocus(event, panel, close))
  }
}

function keepFocus(event, panel, close) {
  if (event.key === 'Escape') close()
  if (event.key !== 'Tab') return
  const stops = [...panel.querySelectorAll('button, input, a[href]')]
  const [first] = stops
  const last = stops.at(-1)
  const goes = event.shiftKey ? first : last
  if (document.activeElement !== goes) return
  event.preventDefault()
  ;(event.shiftKey ? last : first).focus()
}
