import { wechatEmoji } from './wechat-codes.ts'

export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'emoji'; readonly character: string; readonly code: string }

const characters = new Map<string, string>()
for (const [character, zh, en, code] of wechatEmoji) {
  characters.set(`[${zh}]`, character)
  characters.set(`[${en}]`, character)
  if (code !== undefined) characters.set(code, character)
}

/** Codes nest (`/::` begins many of them), so the longest one that fits is meant. */
const anyCode = new RegExp(
  [...characters.keys()]
    .sort((left, right) => right.length - left.length)
    .map((code) => code.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|'),
  'gu',
)

/** Splits before anything is shown: the parts are text, never markup. */
export function splitEmoji(text: string): TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  for (const match of text.matchAll(anyCode)) {
    const code = match[0]
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) })
    parts.push({ kind: 'emoji', character: characters.get(code) ?? code, code })
    end = match.index + code.length
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) })
  return parts
}

/** For one line: a row of the list, a notification. */
export function readableText(text: string): string {
  return splitEmoji(text)
    .map((part) => (part.kind === 'text' ? part.text : part.character))
    .join('')
}
