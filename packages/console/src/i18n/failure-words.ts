import { useLingui } from '@lingui/react/macro'
import { useCallback } from 'react'
import { toasts } from '../ui/toasts.ts'
import { catalogueWords, type FailureWords } from './error-words.ts'
import { useLocale } from './language.ts'

/** Any failure as a person may read it. */
export function useFailureWords(): (error: unknown) => FailureWords {
  const { t } = useLingui()
  const locale = useLocale()
  return useCallback(
    (error) =>
      catalogueWords(error, locale) ?? { sentence: t`没有收到服务器的应答。`, whatToDo: t`请检查网络后重试。` },
    [t, locale],
  )
}

/** Runs what a person asked for and says so when it fails. Answers whether it succeeded. */
export function useAct(): (work: Promise<unknown>) => Promise<boolean> {
  const wordsOf = useFailureWords()
  return useCallback(
    async (work) => {
      try {
        await work
        return true
      } catch (error) {
        const { sentence, whatToDo } = wordsOf(error)
        toasts.add({ title: sentence, description: whatToDo, type: 'bad', priority: 'high' })
        return false
      }
    },
    [wordsOf],
  )
}
