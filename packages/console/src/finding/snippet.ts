import { marksIn } from '@duoke/domain'

export type SnippetPart = { readonly text: string; readonly isMarked: boolean }

/** So much stands before the first word that was found. */
const ahead = 12
const longest = 80

/** A line of a long text around the first of the words, with all words of that line marked. */
export function snippetOf(text: string, words: readonly string[]): SnippetPart[] {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const [first] = marksIn(line, words)
  const characters = [...line]
  const at = first === undefined ? 0 : [...line.slice(0, first.from)].length
  const from = Math.max(0, Math.min(at - ahead, characters.length - longest))
  const shown = characters.slice(from, from + longest).join('')
  const cut = `${from > 0 ? '…' : ''}${shown}${from + longest < characters.length ? '…' : ''}`
  const parts: SnippetPart[] = []
  let end = 0
  for (const mark of marksIn(cut, words)) {
    if (mark.from > end) parts.push({ text: cut.slice(end, mark.from), isMarked: false })
    parts.push({ text: cut.slice(mark.from, mark.to), isMarked: true })
    end = mark.to
  }
  if (end < cut.length) parts.push({ text: cut.slice(end), isMarked: false })
  return parts
}
