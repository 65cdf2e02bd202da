import type { Content } from '@duoke/contract'

/** What of a message can be copied and quoted as text; null where it has no words. */
export function wordsOf(content: Content): string | null {
  switch (content.type) {
    case 'text':
      return content.text
    case 'voice':
      return content.recognition === undefined || content.recognition === '' ? null : content.recognition
    case 'location':
      return content.label
    case 'link':
      return `${content.title}\n${content.url}`
    case 'file':
      return content.name
    case 'image':
    case 'video':
    case 'mini-program':
    case 'music':
    case 'news':
    case 'menu':
    case 'card':
    case 'article':
    case 'action':
    case 'unknown':
      return null
    default:
      return content satisfies never
  }
}

const mostQuoted = 80

/** As WeChat's own clients wrote a quote into a text: whoever reads it there knows the form. */
export function quoteOf(name: string, words: string): string {
  const line = words.replaceAll(/\s+/g, ' ').trim()
  const characters = [...line]
  const said = characters.length <= mostQuoted ? line : `${characters.slice(0, mostQuoted).join('')}…`
  return `「${name}：${said}」\n- - - - - - - - - - - - - - -\n`
}
