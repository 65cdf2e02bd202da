import { createStore } from 'zustand/vanilla'
import type { Tab } from '../live/conversation-list.ts'

/** Which dialog is open; there is never more than one. */
export type OpenDialog =
  | { readonly kind: 'none' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'palette' }
  | { readonly kind: 'search' }
  | { readonly kind: 'mentions' }
  | { readonly kind: 'date'; readonly conversationId: string }
  | { readonly kind: 'customer'; readonly conversationId: string }
  | { readonly kind: 'park'; readonly conversationId: string }
  | { readonly kind: 'close'; readonly conversationId: string }
  | { readonly kind: 'resolve-left'; readonly conversationId: string }
  | { readonly kind: 'supervise'; readonly conversationId: string }
  | { readonly kind: 'decline'; readonly conversationId: string }
  | { readonly kind: 'transfer'; readonly conversationId: string }
  | { readonly kind: 'block'; readonly customerId: string; readonly name: string }
  | { readonly kind: 'decision'; readonly decisionId: string }
  | { readonly kind: 'remove-example' }
  | { readonly kind: 'image'; readonly mediaId: string }
  | { readonly kind: 'send-again'; readonly conversationId: string; readonly messageId: string }

type DeskState = {
  readonly tab: Tab
  readonly dialog: OpenDialog
  /** The message left that was resolved here last: that can be taken back. */
  readonly resolvedId: string | null
}

export const deskState = createStore<DeskState>(() => ({ tab: 'mine', dialog: { kind: 'none' }, resolvedId: null }))

export function openDialog(dialog: OpenDialog): void {
  deskState.setState({ dialog })
}

export function closeDialog(): void {
  deskState.setState({ dialog: { kind: 'none' } })
}

export function showTab(tab: Tab): void {
  deskState.setState({ tab })
}
