import { splitEmoji } from '../emoji/split-emoji.ts'
import { splitLinks } from './safe-links.ts'

/** A stranger's words: text, emoji and plain links. React escapes what is left. */
export function TextView({ text }: { readonly text: string }) {
  let offset = 0
  return splitLinks(text).map((part) => {
    const key = offset
    offset += part.kind === 'text' ? part.text.length : part.url.length
    return part.kind === 'text' ? (
      <EmojiText key={key} text={part.text} />
    ) : (
      <a key={key} href={part.url} target="_blank" rel="noreferrer noopener" className="underline underline-offset-2">
        {part.url}
      </a>
    )
  })
}

function EmojiText({ text }: { readonly text: string }) {
  let offset = 0
  return splitEmoji(text).map((part) => {
    const key = offset
    if (part.kind === 'text') {
      offset += part.text.length
      return part.text
    }
    offset += part.code.length
    return (
      <span key={key} role="img" aria-label={part.code} title={part.code}>
        {part.character}
      </span>
    )
  })
}
