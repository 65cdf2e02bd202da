const han = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+$/u

let segmenter: Intl.Segmenter | undefined
/** Made when it is first needed: its dictionary is large. */
function segmentsOf(text: string): Iterable<Intl.SegmentData> {
  segmenter ??= new Intl.Segmenter('zh', { granularity: 'word' })
  return segmenter.segment(text)
}

/** Full width and half width, capitals and small letters are one. */
const fold = (text: string): string => text.normalize('NFKC').toLowerCase()

/**
 * The words that somebody looks for: `退款申请 ABC` is `退款`, `申请` and `abc`, which may stand apart in what is found. A single
 * Chinese character says too little by itself, so it stays with its neighbours: `找不到` is one word.
 */
export function searchWords(text: string): string[] {
  const words: string[] = []
  let end = -1
  let wasSingle = false
  for (const { segment, index, isWordLike } of segmentsOf(fold(text))) {
    if (isWordLike !== true) continue
    const isChinese = han.test(segment)
    const isSingle = isChinese && [...segment].length === 1
    const isJoined = index === end && isChinese && han.test(words.at(-1) ?? '') && (isSingle || wasSingle)
    if (isJoined) words.push((words.pop() ?? '') + segment)
    else words.push(segment)
    end = index + segment.length
    wasSingle = isSingle
  }
  return [...new Set(words)]
}

/** A stretch of a text, in the units of its string. */
export type Mark = { readonly from: number; readonly to: number }

/** Where the words stand in a text, in order and without overlap. */
export function marksIn(text: string, words: readonly string[]): Mark[] {
  if (words.length === 0) return []
  const { folded, origins } = foldWithOrigins(text)
  const found = words.flatMap((word) => placesOf(folded, word).map((at) => ({ at, end: at + word.length })))
  const marks: Mark[] = []
  for (const { at, end } of found.toSorted((left, right) => left.at - right.at || right.end - left.end)) {
    const from = origins[at]?.from ?? text.length
    const to = origins[end - 1]?.to ?? text.length
    const last = marks.at(-1)
    if (last !== undefined && from < last.to) marks[marks.length - 1] = { from: last.from, to: Math.max(last.to, to) }
    else marks.push({ from, to })
  }
  return marks
}

export function hasAllWords(text: string, words: readonly string[]): boolean {
  const folded = fold(text)
  return words.every((word) => folded.includes(word))
}

function placesOf(text: string, word: string): number[] {
  const places: number[] = []
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) places.push(at)
  return places
}

/** Folding may make one character several, or of another length: each unit remembers the character that it came from. */
function foldWithOrigins(text: string): { folded: string; origins: Mark[] } {
  let folded = ''
  const origins: Mark[] = []
  let from = 0
  for (const character of text) {
    const one = fold(character)
    const to = from + character.length
    folded += one
    for (let unit = 0; unit < one.length; unit += 1) origins.push({ from, to })
    from = to
  }
  return { folded, origins }
}
