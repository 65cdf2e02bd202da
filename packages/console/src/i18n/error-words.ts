import { errors } from '@duoke/contract'
import { DuokeError } from '@duoke/sdk'
import type { Locale } from './formatting.ts'

export type FailureWords = { readonly sentence: string; readonly whatToDo: string }

/** What the one catalogue says, in the language of the page; nothing for what never reached the server. */
export function catalogueWords(error: unknown, locale: Locale): FailureWords | undefined {
  if (!(error instanceof DuokeError)) return undefined
  return wordsOfCode(error.code, locale)
}

export function wordsOfCode(code: string, locale: Locale): FailureWords | undefined {
  const entry = Object.entries(errors).find(([name]) => name === code)?.[1]
  if (entry === undefined) return undefined
  return locale === 'zh-CN'
    ? { sentence: entry.sentenceZh, whatToDo: entry.whatToDoZh }
    : { sentence: entry.sentence, whatToDo: entry.whatToDo }
}
