import type { Conversation } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'
import { useCallback } from 'react'
import { readableText } from '../emoji/split-emoji.ts'
import { useKindWords } from '../thread/kind-words.ts'

/** The last line of a row: words as they are, other kinds by their name. */
export function usePreviewWords(): (conversation: Conversation) => string {
  const { t } = useLingui()
  const kindWords = useKindWords()
  return useCallback(
    ({ lastMessage }) => {
      if (lastMessage === null) return t`还没有消息`
      const preview = readableText(lastMessage.preview)
      if (lastMessage.kind === 'text' || lastMessage.kind === 'menu') return preview
      const kind = `[${kindWords(lastMessage.kind)}]`
      return preview === '' || lastMessage.kind === 'action' ? kind : `${kind} ${preview}`
    },
    [t, kindWords],
  )
}
