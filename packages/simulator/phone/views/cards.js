import { drawing, element } from '../dom.js'
import { icon } from '../icons.js'
import { isWeb } from '../rich-text.js'
import { say } from '../words.js'

/** Everything that is neither plain words nor a sound or picture. */
export function renderCard(content) {
  switch (content.kind) {
    case 'location':
      return locationCard(content)
    case 'link':
      return outside(content.url, 'card link-card', [
        element('b', {}, content.title),
        element(
          'span',
          { class: 'card-row' },
          element('span', { class: 'card-text' }, content.description),
          thumbnail('link'),
        ),
      ])
    case 'file':
      return element(
        'div',
        { class: 'card file-card' },
        element(
          'span',
          { class: 'card-text' },
          element('b', {}, content.title),
          element('small', {}, fileSize(content.size)),
        ),
        thumbnail('file'),
      )
    case 'music':
      return outside(content.url, 'card music-card', [
        thumbnail('music'),
        element(
          'span',
          { class: 'card-text' },
          element('b', {}, content.title || say('music')),
          element('small', {}, content.description),
        ),
        icon('play'),
      ])
    case 'news':
      return newsCard(content.articles)
    case 'mini-program':
      return miniProgramCard(content)
    case 'card':
      return element(
        'div',
        { class: 'card ticket-card' },
        thumbnail('ticket'),
        element('span', { class: 'card-text' }, element('b', {}, say('card')), element('small', {}, content.cardId)),
      )
    case 'article':
      return element(
        'div',
        { class: 'card article-card' },
        cover(content.id),
        element('b', { class: 'article-title' }, say('article')),
        element('small', { class: 'article-id' }, content.id),
      )
    default:
      return element('div', { class: 'bubble' }, say('unsupported', content.type ?? content.kind))
  }
}

function thumbnail(name) {
  return element('span', { class: `thumb thumb-${name}` }, icon(name))
}

/** A link when the address is one for the web, else the same box without a way out. */
function outside(address, className, children) {
  if (!isWeb(address)) return element('div', { class: className }, ...children)
  return element('a', { class: className, href: address, target: '_blank', rel: 'noopener noreferrer' }, ...children)
}

function fileSize(bytes) {
  if (bytes < 1024) return `${bytes} B`
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

/** `name(address)` as the phones write it; a label of any other form stands alone. */
const NAMED_PLACE = /^(?<name>[^()]+)\((?<address>.+)\)$/u

function locationCard({ label, latitude, longitude }) {
  const { name, address } = NAMED_PLACE.exec(label)?.groups ?? { name: label, address: '' }
  const place = address || `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`
  return element(
    'div',
    { class: 'card map-card' },
    element('span', { class: 'map-text' }, element('b', {}, name || say('location')), element('small', {}, place)),
    mapPicture(latitude, longitude),
  )
}

/** Streets that depend on the place, so that two places do not look alike. */
function mapPicture(latitude, longitude) {
  const shiftX = Math.abs(Math.round(longitude * 37)) % 60
  const shiftY = Math.abs(Math.round(latitude * 53)) % 40
  return drawing(
    '0 0 240 110',
    [
      ['rect', { width: 240, height: 110, class: 'map-ground' }],
      ['path', { class: 'map-park', d: `M${shiftX} 0h54l14 42-38 20-40-12z` }],
      ['path', { class: 'map-water', d: `M150 ${90 - shiftY}c30-14 60 12 95-8v40h-95z` }],
      [
        'path',
        {
          class: 'map-street',
          d: `M-5 ${70 - shiftY / 2}C60 ${60 - shiftY / 2} 150 ${80 - shiftY} 250 ${48 + shiftY / 2}`,
        },
      ],
      ['path', { class: 'map-street', d: `M${60 + shiftX} -5v130` }],
      ['path', { class: 'map-lane', d: `M-5 22h250M${130 + shiftX / 2} -5l-26 130M${200 - shiftX} -5l24 130` }],
      ['path', { class: 'map-pin', d: 'M120 74c9-12 14-19 14-27a14 14 0 1 0-28 0c0 8 5 15 14 27z' }],
      ['circle', { class: 'map-dot', cx: 120, cy: 47, r: 5 }],
    ],
    { class: 'map', preserveAspectRatio: 'xMidYMid slice' },
  )
}

/** The first article is a poster, the others are lines below it. */
function newsCard(articles) {
  const [first, ...others] = articles
  if (!first) return element('div', { class: 'bubble' }, say('article'))
  const poster = outside(first.url, 'poster', [
    cover(first.title),
    element('b', { class: 'article-title' }, first.title),
    first.description !== '' && others.length === 0 && element('span', { class: 'article-text' }, first.description),
  ])
  const lines = others.map((article) =>
    outside(article.url, 'article-line', [
      element('span', {}, article.title),
      element('span', { class: 'small-cover' }, cover(article.title)),
    ]),
  )
  return element('div', { class: 'card news-card' }, poster, ...lines)
}

/** Pictures from elsewhere are not loaded: the page speaks to the simulator only. */
function cover(seed) {
  let hash = 11
  for (const character of seed) hash = (hash * 33 + character.codePointAt(0)) >>> 0
  const hue = hash % 360
  return drawing(
    '0 0 260 120',
    [
      ['rect', { width: 260, height: 120, fill: `hsl(${hue} 48% 62%)` }],
      ['circle', { cx: 40 + (hash % 160), cy: 30, r: 46, fill: `hsl(${hue} 60% 74%)`, opacity: 0.7 }],
      [
        'path',
        { d: 'M0 120c60-70 110-20 160-40s70-30 100-20v60z', fill: `hsl(${(hue + 24) % 360} 46% 46%)`, opacity: 0.85 },
      ],
    ],
    { class: 'cover', preserveAspectRatio: 'xMidYMid slice' },
  )
}

function miniProgramCard({ title, appId, pagePath }) {
  return element(
    'div',
    { class: 'card program-card' },
    element('span', { class: 'program-head' }, icon('compass'), element('small', {}, appId || say('miniProgram'))),
    element('b', {}, title),
    cover(pagePath),
    element('small', { class: 'program-foot' }, say('miniProgram')),
  )
}
