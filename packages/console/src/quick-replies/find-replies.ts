import type { QuickReply } from '@duoke/contract'

/** A quick reply with what it is found by, made once for each list. */
export type FoundBy = {
  readonly reply: QuickReply
  readonly title: string
  readonly initials: string
  readonly syllables: string
  readonly words: string
}

const mostShown = 30

export function indexOf(replies: readonly QuickReply[]): readonly FoundBy[] {
  const index = replies.map((reply): FoundBy => {
    const syllables = reply.pinyin.split(' ')
    return {
      reply,
      title: folded(reply.title),
      initials: syllables.map((syllable) => syllable[0] ?? '').join(''),
      syllables: syllables.join(''),
      words: folded([reply.group, ...reply.parts.map((part) => (part.type === 'text' ? part.text : ''))].join('\n')),
    }
  })
  // What is used most stands first wherever two are found alike.
  return index.sort(
    (left, right) => right.reply.uses - left.reply.uses || left.title.localeCompare(right.title, 'zh-CN'),
  )
}

/** Those that what was typed means: by the beginning of the title, of its initials, of its pinyin; then by anything else. */
export function findReplies(index: readonly FoundBy[], typed: string, most = mostShown): readonly QuickReply[] {
  const query = folded(typed)
  if (query === '') return index.slice(0, most).map(({ reply }) => reply)
  const ranks: QuickReply[][] = [[], [], [], []]
  for (const entry of index) {
    const rank = rankOf(entry, query)
    if (rank !== null) ranks[rank]?.push(entry.reply)
  }
  return ranks.flat().slice(0, most)
}

function rankOf({ title, initials, syllables, words }: FoundBy, query: string): number | null {
  if (title.startsWith(query) || initials.startsWith(query)) return 0
  if (syllables.startsWith(query)) return 1
  if (title.includes(query) || initials.includes(query)) return 2
  return words.includes(query) ? 3 : null
}

const folded = (text: string): string => text.normalize('NFKC').toLowerCase()
