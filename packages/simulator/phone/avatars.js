import { drawing } from './dom.js'

/** Pictures drawn from a name: the same name always looks the same, and no file is needed. */
export function accountAvatar(name) {
  const hue = hashOf(name) % 360
  return drawing('0 0 40 40', [
    ['rect', { width: 40, height: 40, fill: `hsl(${hue} 58% 46%)` }],
    ['path', { d: 'M0 40 40 0v40z', fill: `hsl(${hue} 58% 40%)` }],
    ['text', { ...letterPlace, fill: '#fff', text: firstLetter(name) }],
  ])
}

export function agentAvatar(name) {
  const hue = (hashOf(name) + 140) % 360
  return drawing('0 0 40 40', [
    ['rect', { width: 40, height: 40, fill: `hsl(${hue} 45% 88%)` }],
    ['text', { ...letterPlace, fill: `hsl(${hue} 45% 32%)`, text: firstLetter(name) }],
  ])
}

const letterPlace = {
  x: 20,
  y: 21,
  'text-anchor': 'middle',
  'dominant-baseline': 'central',
  'font-size': 20,
  'font-weight': 600,
}

/** Personal pictures are small landscapes, as half of WeChat's really are. */
export function personAvatar(name) {
  const hash = hashOf(name)
  const sky = hash % 360
  const sunX = 9 + ((hash >> 3) % 22)
  const sunY = 9 + ((hash >> 6) % 8)
  const peak = 10 + ((hash >> 9) % 20)
  const far = 21 + ((hash >> 12) % 6)
  return drawing('0 0 40 40', [
    ['rect', { width: 40, height: 40, fill: `hsl(${sky} 62% 82%)` }],
    ['circle', { cx: sunX, cy: sunY, r: 4.5, fill: `hsl(${(sky + 200) % 360} 90% 92%)` }],
    ['path', { d: `M-6 40 ${peak} ${far - 8} 46 40z`, fill: `hsl(${(sky + 20) % 360} 38% 62%)` }],
    [
      'path',
      {
        d: `M-4 40C6 ${far} 14 ${far + 4} 22 ${far + 8}S38 ${far + 2} 46 ${far + 6}V44z`,
        fill: `hsl(${(sky + 30) % 360} 42% 46%)`,
      },
    ],
    ['path', { d: 'M-2 42c10-9 20-4 26-3s12-4 20-3v8z', fill: `hsl(${(sky + 40) % 360} 46% 34%)` }],
  ])
}

function firstLetter(name) {
  return [...name][0]?.toUpperCase() ?? '?'
}

function hashOf(text) {
  let hash = 7
  for (const character of text) hash = (hash * 31 + character.codePointAt(0)) >>> 0
  return hash >>> 1
}
