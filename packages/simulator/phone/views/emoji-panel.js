import { button, element } from '../dom.js'
import { FACES } from '../emoji.js'
import { icon } from '../icons.js'
import { locale, say } from '../words.js'

export function emojiPanel({ insert, erase, send }) {
  const nameOf = (face) => (locale === 'en' ? face.en : face.zh)
  const faces = FACES.map((face) =>
    button(nameOf(face), { class: 'emoji', on: { click: () => insert(`[${nameOf(face)}]`) } }, face.emoji),
  )
  return element(
    'div',
    { class: 'panel emoji-panel', role: 'group', 'aria-label': say('emoji') },
    element('div', { class: 'emoji-grid' }, ...faces),
    element(
      'div',
      { class: 'emoji-keys' },
      button(say('delete'), { class: 'emoji-key', on: { click: erase } }, icon('backspace')),
      element('button', { type: 'button', class: 'emoji-key emoji-send', on: { click: send } }, say('send')),
    ),
  )
}
