import type { Conversation, OutgoingContent } from '@duoke/contract'
import { useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { send, uploadImage } from '../live/acting.ts'
import { useMe } from '../live/use-live.ts'
import type { TrayItem } from './tray.tsx'

type Written = {
  readonly text: string
  readonly items: readonly TrayItem[]
  readonly quickReplyId: string | undefined
  readonly onSent: () => void
}

/** The tray goes first, in its order, then the words. Answers false when something could not be uploaded; all stays then. */
export function useSubmit(conversation: Conversation, { text, items, quickReplyId, onSent }: Written) {
  const act = useAct()
  const me = useMe()
  const [busy, setBusy] = useState(false)
  const submit = async (): Promise<boolean> => {
    if (me === undefined) return false
    const contents: OutgoingContent[] = []
    setBusy(items.some(({ kind }) => kind === 'file'))
    const isUploaded = await act(uploadInto(contents, items))
    setBusy(false)
    if (!isUploaded) return false
    const words = text.trim()
    if (words !== '') contents.push({ type: 'text', text: words })
    onSent()
    let isLastSent = true
    for (const [index, content] of contents.entries()) {
      const begunWith = index === 0 ? quickReplyId : undefined
      isLastSent = await send(conversation.id, content, begunWith === undefined ? {} : { quickReplyId: begunWith })
    }
    return isLastSent
  }
  return { submit, busy }
}

async function uploadInto(contents: OutgoingContent[], items: readonly TrayItem[]): Promise<void> {
  for (const item of items) {
    if (item.kind === 'text') contents.push({ type: 'text', text: item.text })
    else {
      const mediaId = item.kind === 'file' ? await uploadImage(item.file) : item.mediaId
      contents.push({ type: 'image', mediaId })
    }
  }
}
