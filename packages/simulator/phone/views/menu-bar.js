import { button, element } from '../dom.js'
import { icon } from '../icons.js'
import { isWeb } from '../rich-text.js'
import { say } from '../words.js'

/** The account's menu: up to three buttons, each an action or a list that opens above it. */
export function menuBar({ menu, act, leave }) {
  const bar = element('nav', { class: 'menu-bar', 'aria-label': say('toMenu') })
  const closeAll = () => {
    for (const open of bar.querySelectorAll('[aria-expanded="true"]')) open.setAttribute('aria-expanded', 'false')
    for (const list of bar.querySelectorAll('.submenu')) list.hidden = true
  }
  const press = (item, path) => {
    closeAll()
    if (item.type === 'view' && isWeb(item.url ?? '')) window.open(item.url, '_blank', 'noopener,noreferrer')
    void act({ type: 'menu', path })
  }
  const columns = menu.map((item, at) => {
    const children = item.children ?? []
    if (children.length === 0) {
      const single = element(
        'button',
        { type: 'button', class: 'menu-button', on: { click: () => press(item, [at]) } },
        item.name,
      )
      return element('div', { class: 'menu-column' }, single)
    }
    const list = element(
      'div',
      { class: 'submenu', hidden: true },
      ...children.map((child, below) =>
        element(
          'button',
          { type: 'button', class: 'submenu-button', on: { click: () => press(child, [at, below]) } },
          child.name,
        ),
      ),
    )
    const toggle = element(
      'button',
      { type: 'button', class: 'menu-button', 'aria-expanded': 'false' },
      icon('menu'),
      item.name,
    )
    toggle.addEventListener('click', () => {
      const isOpen = toggle.getAttribute('aria-expanded') === 'true'
      closeAll()
      toggle.setAttribute('aria-expanded', String(!isOpen))
      list.hidden = isOpen
    })
    return element('div', { class: 'menu-column' }, toggle, list)
  })
  bar.append(button(say('toKeyboard'), { class: 'dock-button', on: { click: leave } }, icon('keyboard')), ...columns)
  bar.addEventListener('keydown', (event) => event.key === 'Escape' && closeAll())
  bar.addEventListener(
    'focusout',
    ({ relatedTarget }) => !bar.contains(relatedTarget) && relatedTarget !== null && closeAll(),
  )
  return bar
}
