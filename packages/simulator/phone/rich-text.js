import { element } from './dom.js'
import { withEmoji } from './emoji.js'

const ANCHOR = /<a\s+([^<>]*)>([^<>]*)<\/a>/gi
const HREF = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/i
const ADDRESS = /https?:\/\/[^\s<>"'，。；！？、（）【】]+/gi
const MENU_ITEM = /^weixin:\/\/bizmsgmenu\?/i

/**
 * A message's text as the phone shows it: faces, addresses and the one tag WeChat knows, `<a href>`. Every other `<` is
 * a character like any other.
 *
 * @param {(id: string, content: string) => void} onMenuItem for `weixin://bizmsgmenu` links
 */
export function richText(text, onMenuItem) {
  const parts = document.createDocumentFragment()
  let at = 0
  for (const match of text.matchAll(ANCHOR)) {
    const href = HREF.exec(match[1])
    const link = href && anchor(href[1] ?? href[2] ?? '', match[2], onMenuItem)
    if (!link) continue
    parts.append(plain(text.slice(at, match.index)), link)
    at = match.index + match[0].length
  }
  parts.append(plain(text.slice(at)))
  return parts
}

function plain(text) {
  const parts = document.createDocumentFragment()
  let at = 0
  for (const match of text.matchAll(ADDRESS)) {
    parts.append(withEmoji(text.slice(at, match.index)), outsideLink(match[0], match[0]))
    at = match.index + match[0].length
  }
  parts.append(withEmoji(text.slice(at)))
  return parts
}

function anchor(address, label, onMenuItem) {
  if (MENU_ITEM.test(address)) {
    const query = new URLSearchParams(address.slice(address.indexOf('?') + 1))
    const content = query.get('msgmenucontent') ?? label
    return menuLink(label, () => onMenuItem(query.get('msgmenuid') ?? '', content))
  }
  return isWeb(address) ? outsideLink(address, label) : null
}

export function isWeb(address) {
  return URL.canParse(address) && ['http:', 'https:'].includes(new URL(address).protocol)
}

export function outsideLink(address, label) {
  return element('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, withEmoji(label))
}

export function menuLink(label, onClick) {
  return element('button', { type: 'button', class: 'text-link', on: { click: onClick } }, withEmoji(label))
}
