import { useEffect } from 'react'

type Write = (before: string) => void
let open: { readonly conversationId: string; readonly write: Write } | undefined

/** Puts words before what is written in the composer of a conversation, and the cursor there. */
export function writeIn(conversationId: string, before: string): void {
  if (open?.conversationId === conversationId) open.write(before)
}

/** The composer that is open takes what other parts of the page put into it. */
export function useWriteIn(conversationId: string, write: Write): void {
  useEffect(() => {
    open = { conversationId, write }
    return () => {
      open = undefined
    }
  })
}
