import { accountAvatar, personAvatar } from '../avatars.js'
import { control } from '../control.js'
import { button, element, replace } from '../dom.js'
import { icon } from '../icons.js'
import { keyOf } from '../store.js'
import { showToast } from '../toast.js'
import { say } from '../words.js'

/** A world made by a load test may hold thousands; nobody has that many thumbs. */
const MOST_TABS = 50

export function renderTabs(host, { store, sheet, show }) {
  const { phones, accounts, unread, activeKey } = store
  const shown = [...phones.values()].slice(0, MOST_TABS)
  const activePhone = phones.get(activeKey)
  if (activePhone && !shown.includes(activePhone)) shown.unshift(activePhone)
  const several = accounts.size > 1
  const tabs = shown.map((phone) => {
    const key = keyOf(phone)
    const count = unread.get(key) ?? 0
    const label = several ? `${phone.name} · ${accounts.get(phone.account)?.name ?? phone.account}` : phone.name
    return element(
      'button',
      {
        type: 'button',
        class: 'tab',
        role: 'tab',
        'aria-selected': String(key === activeKey),
        title: label,
        on: { click: () => show(key) },
      },
      element(
        'span',
        { class: 'tab-face' },
        personAvatar(phone.name),
        count > 0 && element('b', { class: 'dot' }, String(Math.min(99, count))),
      ),
      element('span', { class: 'tab-name' }, label),
    )
  })
  const add = button(
    say('newPhone'),
    { class: 'tab tab-add', on: { click: () => askForPhone({ store, sheet, show }) } },
    icon('add'),
  )
  replace(host, element('div', { class: 'tab-list', role: 'tablist', 'aria-label': say('phones') }, ...tabs), add)
}

export function askForPhone({ store, sheet, show }) {
  const name = element('input', {
    class: 'field',
    required: true,
    maxlength: 40,
    placeholder: say('personName'),
    'aria-label': say('personName'),
  })
  const accounts = [...store.accounts.values()]
  let account = store.phones.get(store.activeKey)?.account ?? accounts[0]?.id
  const choices = accounts.map((one) => {
    const choice = element(
      'label',
      { class: 'choice' },
      element('input', {
        type: 'radio',
        name: 'account',
        value: one.id,
        checked: one.id === account,
        on: { change: () => (account = one.id) },
      }),
      element('span', { class: 'choice-face' }, accountAvatar(one.name)),
      element('span', {}, one.name),
    )
    return choice
  })
  const submit = async (event) => {
    event.preventDefault()
    try {
      const phone = await control.addFollower(account, name.value.trim())
      sheet.close()
      store.add(phone)
      show(keyOf(phone))
    } catch (error) {
      showToast(say('failed', error.message))
    }
  }
  sheet.open(
    say('newPhone'),
    element(
      'form',
      { class: 'form', on: { submit } },
      name,
      ...choices,
      element('button', { class: 'primary' }, say('add')),
    ),
  )
}
