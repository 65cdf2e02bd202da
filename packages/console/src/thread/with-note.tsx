import { Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { openDialog } from '../shell/desk-state.ts'

type NoteProps = {
  readonly note: string | undefined
  readonly decisionId: string | undefined
  readonly children: ReactNode
}

/** A line with what a colleague added to it, and the way to its decision. */
export function WithNote({ note, decisionId, children }: NoteProps) {
  return (
    <>
      {children}
      {decisionId === undefined ? null : (
        <button
          type="button"
          className="ml-1.5 rounded text-brand hover:underline"
          onClick={() => openDialog({ kind: 'decision', decisionId })}
        >
          <Trans>为什么？</Trans>
        </button>
      )}
      {note === undefined || note === '' ? null : (
        <span className="mt-1 block rounded-md bg-warn-soft px-2.5 py-1 text-left whitespace-pre-wrap text-warn">
          <Trans>附言：{note}</Trans>
        </span>
      )}
    </>
  )
}
