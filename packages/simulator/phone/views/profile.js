import { accountAvatar } from '../avatars.js'
import { element } from '../dom.js'
import { dayAndTime } from '../times.js'
import { showToast } from '../toast.js'
import { say } from '../words.js'
import { askToEnter, isMiniProgram } from './mini-program.js'
import { askForScan } from './scan.js'
import { askForPhone } from './tabs.js'

/** What somebody sees who does not follow. */
export function profilePage({ store, key, act, sheet }) {
  const phone = store.phones.get(key)
  const account = store.accounts.get(phone.account)
  return element(
    'div',
    { class: 'profile' },
    element('span', { class: 'profile-face' }, accountAvatar(account?.name ?? '?')),
    element('h2', {}, account?.name ?? ''),
    ...(isMiniProgram(account) ? waysIntoProgram({ act, sheet }) : waysToFollow({ act, sheet, account })),
  )
}

function waysToFollow({ act, sheet, account }) {
  return [
    element('p', {}, say('notFollowing')),
    bigButton('primary', 'follow', () => act({ type: 'follow' })),
    bigButton('secondary', 'scan', () => askForScan({ sheet, act, account })),
  ]
}

/** Nobody follows a mini program. */
function waysIntoProgram({ act, sheet }) {
  return [element('p', {}, say('inProgram')), bigButton('primary', 'enter', () => askToEnter({ act, sheet }))]
}

function bigButton(look, word, click) {
  return element('button', { type: 'button', class: look, on: { click } }, say(word))
}

/** The account's page behind the person at the top right, with what only a simulator can tell below it. */
export function openProfile({ store, sheet, key, act }) {
  const phone = store.phones.get(key)
  const account = store.accounts.get(phone.account)
  const leave = async () => {
    if (await act({ type: phone.isFollowing ? 'unfollow' : 'follow' })) sheet.close()
  }
  sheet.open(
    say('profile'),
    element(
      'div',
      { class: 'profile-sheet' },
      element(
        'p',
        { class: 'profile-id' },
        element('span', { class: 'profile-face small' }, accountAvatar(account?.name ?? '?')),
        element('span', {}, element('b', {}, account?.name ?? ''), element('small', {}, account?.originalId ?? '')),
      ),
      !isMiniProgram(account) &&
        bigButton(phone.isFollowing ? 'danger' : 'primary', phone.isFollowing ? 'unfollow' : 'follow', leave),
      element('h3', {}, say('simulator')),
      element(
        'dl',
        { class: 'facts' },
        element('dt', {}, say('openid')),
        element('dd', {}, openidButton(phone.openid)),
        element('dt', {}, say('quota')),
        element('dd', {}, ...quotaLines(phone)),
      ),
    ),
  )
}

function openidButton(openid) {
  const copy = async () => {
    await navigator.clipboard?.writeText(openid)
    showToast(say('copied'))
  }
  return element('button', { type: 'button', class: 'text-link mono', on: { click: copy } }, openid)
}

function quotaLines({ quota }) {
  if (quota.length === 0) return [say('noQuota')]
  return quota.map(({ trigger, remaining, closesAtMs }) => {
    const count = remaining === 'unlimited' ? say('unlimited') : say('left', remaining)
    return element(
      'span',
      { class: 'fact-line' },
      `${say(`trigger_${trigger}`)} · ${count} · ${say('until', dayAndTime(closesAtMs))}`,
    )
  })
}

export function emptyWorld({ store, sheet, show }) {
  const add = () => askForPhone({ store, sheet, show })
  return element(
    'div',
    { class: 'profile' },
    element('p', {}, say('emptyWorld')),
    store.accounts.size > 0 &&
      element('button', { type: 'button', class: 'primary', on: { click: add } }, say('newPhone')),
  )
}
