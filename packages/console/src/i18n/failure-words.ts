import { useLingui } from '@lingui/react/macro'
import { useCallback, useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { toasts } from '../ui/toasts.ts'
import type { FailureWords } from './error-words.ts'
import type { Locale } from './formatting.ts'
import { useLocale } from './language.ts'

/** What the catalogue of errors says is a tenth of a first load, and few first loads fail: it comes when the desk is idle, or is needed. */
type Catalogue = typeof import('./error-words.ts')
const catalogue = createStore<{ readonly words: Catalogue | undefined }>(() => ({ words: undefined }))

export async function loadErrorWords(): Promise<void> {
  if (catalogue.getState().words !== undefined) return
  try {
    catalogue.setState({ words: await import('./error-words.ts') })
  } catch {
    // Without a network it is asked for again when it is needed; what failed then is the network itself.
  }
}

function useCatalogue(): Catalogue | undefined {
  return useStore(catalogue, ({ words }) => words)
}

/** What never reached the server has words of its own. */
function useUnanswered(): FailureWords {
  const { t } = useLingui()
  return useMemo(() => ({ sentence: t`没有收到服务器的应答。`, whatToDo: t`请检查网络后重试。` }), [t])
}

/** Any failure as a person may read it. */
export function useFailureWords(): (error: unknown) => FailureWords {
  const unanswered = useUnanswered()
  const locale = useLocale()
  const words = useCatalogue()
  return useCallback(
    (error) => {
      if (words === undefined) void loadErrorWords()
      return words?.catalogueWords(error, locale) ?? unanswered
    },
    [unanswered, locale, words],
  )
}

/** The sentence for one code; undefined for one of a later server, and as long as the catalogue is not here. */
export function useCodeWords(code: string): string | undefined {
  const words = useCatalogue()
  const locale = useLocale()
  useEffect(() => void loadErrorWords(), [])
  return words?.wordsOfCode(code, locale)?.sentence
}

/** Runs what a person asked for and says so when it fails. Answers whether it succeeded. */
export function useAct(): (work: Promise<unknown>) => Promise<boolean> {
  const unanswered = useUnanswered()
  const locale = useLocale()
  return useCallback(
    async (work) => {
      try {
        await work
        return true
      } catch (error) {
        const { sentence, whatToDo } = (await wordsFor(error, locale)) ?? unanswered
        toasts.add({ title: sentence, description: whatToDo, type: 'bad', priority: 'high' })
        return false
      }
    },
    [unanswered, locale],
  )
}

async function wordsFor(error: unknown, locale: Locale): Promise<FailureWords | undefined> {
  await loadErrorWords()
  return catalogue.getState().words?.catalogueWords(error, locale)
}
