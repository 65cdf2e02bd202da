import { accountAvatar, agentAvatar, personAvatar } from '../avatars.js'
import { element } from '../dom.js'
import { menuLink, richText } from '../rich-text.js'
import { say } from '../words.js'
import { renderCard } from './cards.js'
import { imageBubble, videoBubble, voiceBubble } from './media-bubbles.js'

/**
 * @param {object} entry as the control API gives it
 * @param {{ account: object, phone: object, act: (action: object) => unknown }} context
 */
export function renderEntry(entry, context) {
  if (entry.content.kind === 'notice') return noticeLine(entry.content.notice)
  const isOwn = entry.from === 'follower'
  const { agent } = entry
  const face = isOwn
    ? personAvatar(context.phone.name)
    : agent
      ? agentAvatar(agent.nickname)
      : accountAvatar(context.account?.name ?? '?')
  return element(
    'article',
    { class: `row ${isOwn ? 'own' : 'theirs'}`, data: { entry: entry.id, kind: entry.content.kind } },
    element('span', { class: 'face' }, face),
    element(
      'div',
      { class: 'said' },
      agent && element('span', { class: 'agent' }, agent.nickname),
      renderContent(entry.content, context),
      entry.isAi && element('span', { class: 'ai' }, say('aiNotice')),
    ),
  )
}

function renderContent(content, context) {
  const choose = (id, text) => context.act({ type: 'menu-choice', id: id || '0', content: text })
  switch (content.kind) {
    case 'text':
      return element('div', { class: 'bubble' }, richText(content.text, choose))
    case 'menu':
      return menuBubble(content, choose)
    case 'image':
      return imageBubble(content)
    case 'voice':
      return voiceBubble(content)
    case 'video':
      return videoBubble(content)
    default:
      return renderCard(content)
  }
}

function menuBubble({ head, items, tail }, choose) {
  const rows = items.map(({ id, content }) =>
    element(
      'li',
      {},
      menuLink(content, () => choose(id, content)),
    ),
  )
  return element(
    'div',
    { class: 'bubble menu-bubble' },
    head !== '' && element('p', {}, richText(head, choose)),
    element('ul', {}, ...rows),
    tail !== '' && element('p', {}, richText(tail, choose)),
  )
}

function noticeLine(notice) {
  return element('p', { class: 'notice', data: { notice: notice.code } }, element('span', {}, noticeText(notice)))
}

function noticeText(notice) {
  switch (notice.code) {
    case 'followed':
      return say('followed')
    case 'unfollowed':
      return say('unfollowed')
    case 'scanned':
      return say('scanned', notice.scene)
    case 'menu':
      return say('menuClicked', notice.name)
    case 'location-reported':
      return say('locationReported')
    default:
      return say('serviceFailed')
  }
}
