import type { Agent } from '@duoke/contract'

export type MentionAsked = { readonly from: number; readonly words: string }

/** The name that is begun with `@` just before the cursor; not in the middle of a word, as in an address of mail. */
export function mentionAt(text: string, cursor: number): MentionAsked | undefined {
  const before = text.slice(0, cursor)
  const from = before.lastIndexOf('@')
  if (from < 0 || /[A-Za-z0-9._%+-]/.test(before.charAt(from - 1))) return undefined
  const words = before.slice(from + 1)
  return /[\s@]/.test(words) || words.length > 16 ? undefined : { from, words }
}

const most = 8

/** Colleagues whose name or id has the words; names that begin with them come first. */
export function findColleagues(agents: Iterable<Agent>, words: string, selfId: string | undefined): Agent[] {
  const looked = words.normalize('NFKC').toLowerCase()
  const placeOf = ({ id, nickname }: Agent) => {
    const places = [nickname, id].map((name) => name.normalize('NFKC').toLowerCase().indexOf(looked))
    return Math.min(...places.map((place) => (place < 0 ? Number.POSITIVE_INFINITY : place)))
  }
  return [...agents]
    .filter((agent) => !agent.disabled && agent.id !== selfId && placeOf(agent) < Number.POSITIVE_INFINITY)
    .sort((left, right) => placeOf(left) - placeOf(right) || (left.nickname < right.nickname ? -1 : 1))
    .slice(0, most)
}

/** Of those who were chosen, whoever still stands in the text. */
export function stillNamed(text: string, chosen: ReadonlyMap<string, string>): string[] {
  return [...chosen].filter(([, name]) => text.includes(`@${name}`)).map(([id]) => id)
}

export type NotePart = { readonly text: string; readonly isName: boolean }

/** A note in parts: the names of those who are mentioned, and the rest. The longest name counts where one begins with another. */
export function partsOf(text: string, names: readonly string[]): NotePart[] {
  const marks = names.filter((name) => name !== '').map((name) => `@${name}`)
  const sorted = marks.toSorted((left, right) => right.length - left.length)
  const parts: NotePart[] = []
  let plain = ''
  for (let at = 0; at < text.length; ) {
    const mark = sorted.find((one) => text.startsWith(one, at))
    if (mark === undefined) {
      plain += text.charAt(at)
      at += 1
      continue
    }
    if (plain !== '') parts.push({ text: plain, isName: false })
    plain = ''
    parts.push({ text: mark, isName: true })
    at += mark.length
  }
  return plain === '' ? parts : [...parts, { text: plain, isName: false }]
}
