import { pinyin } from 'pinyin-pro'

/**
 * How a title is read, a word a syllable, without tones: 您好 is `nin hao`. Made here, once, because the dictionary weighs
 * more than the whole console; what is no Chinese stays as it is, in lower case.
 */
export function readingOf(title: string): string {
  return pinyin(title.normalize('NFKC').toLowerCase(), {
    toneType: 'none',
    type: 'array',
    nonZh: 'consecutive',
    v: true,
  })
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .join(' ')
}
