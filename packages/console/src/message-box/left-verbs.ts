import type { Body } from '@duoke/contract'
import { forgetWish, wishToWrite } from '../composer/focus-wish.ts'
import { isLeftOpen, rowsOf } from '../live/conversation-list.ts'
import { liveStore, meOf } from '../live/live-store.ts'
import * as taking from '../live/taking-left.ts'
import { deskState, openDialog, showTab } from '../shell/desk-state.ts'

/** What the verbs need of the page. */
export type LeftDesk = {
  readonly open: (conversationId: string) => void
  /** Says so when it fails; answers whether it succeeded. */
  readonly act: (work: Promise<unknown>) => Promise<boolean>
}

export async function takeOne({ open, act }: LeftDesk, id: string): Promise<void> {
  open(id)
  wishToWrite(id)
  if (await act(taking.takeLeft(id))) {
    showTab('mine')
    wishToWrite(id)
  } else forgetWish()
}

/** Asks first where the organization has reasons to choose from. */
export async function resolveOrAsk(desk: LeftDesk, id: string): Promise<void> {
  const sessions = meOf(liveStore.getState())?.organization.sessions
  const isAsked = sessions?.reasons.some((reason) => reason.for.includes('close')) === true
  if (isAsked) openDialog({ kind: 'resolve-left', conversationId: id })
  else await resolveOne(desk, id)
}

export async function resolveOne(
  { act }: Pick<LeftDesk, 'act'>,
  id: string,
  body?: Body<'resolveMessageLeft'>,
): Promise<boolean> {
  const isDone = await act(taking.resolveLeft(id, body))
  if (isDone) deskState.setState({ resolvedId: id })
  return isDone
}

export async function reopenOne({ act }: Pick<LeftDesk, 'act'>, id: string): Promise<void> {
  await act(taking.reopenLeft(id))
}

/** By key: the one that is open, else the first of those that are shown. */
export async function takeLeft(desk: LeftDesk, current: string | undefined): Promise<void> {
  const { conversations } = liveStore.getState()
  const isShown = deskState.getState().tab === 'left' && current === undefined
  const one = isShown ? rowsOf(conversations, 'left', undefined)[0] : conversations.get(current ?? '')
  if (one !== undefined && isLeftOpen(one)) await takeOne(desk, one.id)
}

/** By key: the one that is open; beside the list without one, what was resolved last is taken back. */
export async function resolveLeft(desk: LeftDesk, current: string | undefined): Promise<void> {
  const { tab, resolvedId } = deskState.getState()
  const id = current ?? (tab === 'left' ? resolvedId : null)
  const one = liveStore.getState().conversations.get(id ?? '')
  if (one === undefined) return
  if (isLeftOpen(one)) await resolveOrAsk(desk, one.id)
  else if (one.messageLeft !== undefined) await reopenOne(desk, one.id)
}
