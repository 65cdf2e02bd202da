import type { Content } from '@duoke/contract'
import { unreachable } from '../invariant.ts'

const maxPreviewCharacters = 120

/** One line for a list. Kinds without words of their own give an empty preview: the reader names the kind in its language. */
export function previewOf(content: Content): string {
  return [...wordsOf(content).replace(/\s+/gu, ' ').trim()].slice(0, maxPreviewCharacters).join('')
}

function wordsOf(content: Content): string {
  switch (content.type) {
    case 'text':
      return content.text
    case 'voice':
      return content.recognition ?? ''
    case 'video':
    case 'link':
    case 'mini-program':
    case 'music':
      return content.title ?? ''
    case 'file':
      return content.name
    case 'location':
      return content.label
    case 'news':
      return content.articles[0]?.title ?? ''
    case 'menu':
      return content.head ?? content.items[0]?.text ?? ''
    case 'action':
      return content.detail ?? content.key ?? ''
    case 'unknown':
      return content.name
    case 'image':
    case 'card':
    case 'article':
      return ''
    default:
      return unreachable(content)
  }
}
