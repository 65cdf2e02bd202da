import type { Body } from '@duoke/contract'
import { isChosenBy } from '@duoke/domain'
import { useCallback } from 'react'
import { useLocation } from 'wouter'
import { forgetWish, wishToWrite } from '../composer/focus-wish.ts'
import { useAct } from '../i18n/failure-words.ts'
import { accept, end, resume } from '../live/acting.ts'
import { neighbourOf, nextToAccept, offersTo, rowsOf } from '../live/conversation-list.ts'
import { liveStore, meOf, selfId, selfOf } from '../live/live-store.ts'
import { find } from '../live/looking.ts'
import { lowerHand, raiseHand } from '../live/supervising.ts'
import { toggleNoteMode } from '../notes/note-mode.ts'
import { deskState, openDialog, showTab } from '../shell/desk-state.ts'
import { untilLoaded } from '../ui/lazy-part.ts'
import type { Action } from './key-table.ts'

export function conversationIdOf(path: string): string | undefined {
  return /^\/c\/([^/]+)$/.exec(path)?.[1]
}

export type DeskActions = {
  readonly open: (conversationId: string) => void
  readonly acceptOne: (conversationId: string) => Promise<void>
  readonly acceptNext: () => Promise<void>
  readonly endAndNext: (conversationId: string, body?: Body<'closeConversation'>) => Promise<boolean>
  readonly resumeOne: (conversationId: string) => Promise<void>
  readonly run: (action: Action) => void
}

/** The verbs of the desk, for buttons, keys and the palette alike. */
export function useDeskActions(): DeskActions {
  const [path, navigate] = useLocation()
  const act = useAct()
  const current = conversationIdOf(path)
  const open = useCallback((id: string) => navigate(`/c/${id}`), [navigate])

  const acceptOne = useCallback(
    async (id: string) => {
      open(id)
      wishToWrite(id)
      if (await act(accept(id))) {
        showTab('mine')
        wishToWrite(id)
      } else forgetWish()
    },
    [act, open],
  )
  const acceptNext = useCallback(async () => {
    const next = nextToAccept(liveStore.getState().conversations, selfId())
    if (next !== undefined) await acceptOne(next.id)
  }, [acceptOne])

  const endAndNext = useCallback(
    async (id: string, body?: Body<'closeConversation'>) => {
      const rows = rowsOf(liveStore.getState().conversations, 'mine', selfId())
      const next = nextUnanswered(rows, id)
      let isAsked = false
      const work = end(id, body).then((asked) => {
        isAsked = asked
      })
      if (!(await act(work))) return false
      if (next === undefined || isAsked) return true
      open(next)
      wishToWrite(next)
      return true
    },
    [act, open],
  )

  const resumeOne = useCallback(
    async (id: string) => {
      if (await act(resume(id))) wishToWrite(id)
    },
    [act],
  )

  const toggleHand = useCallback(
    async (id: string) => {
      const isRaised = liveStore.getState().conversations.get(id)?.hand !== undefined
      await act(isRaised ? lowerHand(id) : raiseHand(id))
    },
    [act],
  )

  const run = useCallback(
    (action: Action) => perform(action, { current, open, act, acceptNext, endAndNext, resumeOne, toggleHand }),
    [current, open, act, acceptNext, endAndNext, resumeOne, toggleHand],
  )
  return { open, acceptOne, acceptNext, endAndNext, resumeOne, run }
}

/** Who wrote last and waits for me, longest first; else any other of mine. */
function nextUnanswered(rows: ReturnType<typeof rowsOf>, except: string): string | undefined {
  const others = rows.filter(({ id }) => id !== except)
  return (others.findLast(({ lastMessage }) => lastMessage?.direction === 'in') ?? others[0])?.id
}

type Verbs = Pick<DeskActions, 'open' | 'acceptNext' | 'endAndNext' | 'resumeOne'> & {
  readonly current: string | undefined
  readonly act: (work: Promise<unknown>) => Promise<boolean>
  readonly toggleHand: (conversationId: string) => Promise<void>
}

const tabs = { waitingTab: 'waiting', mineTab: 'mine', allTab: 'all', leftTab: 'left' } as const

function perform(action: Action, verbs: Verbs): void {
  const { current, open, acceptNext, endAndNext, resumeOne, toggleHand } = verbs
  switch (action) {
    case 'acceptNext':
    case 'takeNext':
      void acceptNext()
      break
    case 'next':
    case 'nextRow':
      step(1, current, open)
      break
    case 'previous':
    case 'previousRow':
      step(-1, current, open)
      break
    case 'palette':
    case 'mentions':
    case 'keys':
      openDialog({ kind: action })
      break
    case 'waitingTab':
    case 'mineTab':
    case 'allTab':
    case 'leftTab':
      showTab(tabs[action])
      break
    case 'takeLeft':
    case 'resolveLeft':
      void withLeft(action, verbs)
      break
    case 'write':
      if (current !== undefined) wishToWrite(current)
      break
    case 'transfer':
      if (isHeld(current)) openDialog({ kind: 'transfer', conversationId: current })
      break
    case 'park':
      if (isHeld(current)) parkOrResume(current, resumeOne)
      break
    case 'hand':
      if (isHeld(current)) void toggleHand(current)
      break
    case 'supervise':
      if (maySupervise(current)) openDialog({ kind: 'supervise', conversationId: current })
      break
    case 'decline':
      declineFirst(current)
      break
    case 'end':
    case 'sendAndEnd':
      if (isHeld(current)) endOrAsk(current, endAndNext)
      break
    case 'removeExample':
      if (meOf(liveStore.getState())?.organization.example === true) openDialog({ kind: 'remove-example' })
      break
    case 'why':
      explain(current)
      break
    case 'searchAll':
      openDialog({ kind: 'search' })
      break
    case 'note':
    case 'find':
    case 'goToDate':
      if (current !== undefined) inThread(action, current)
      break
    default:
      action satisfies never
  }
}

/** The verbs of messages left come when they are needed. */
async function withLeft(action: 'takeLeft' | 'resolveLeft', { current, open, act }: Verbs): Promise<void> {
  const keys = await untilLoaded(() => import('../message-box/left-verbs.ts'))
  await keys[action]({ open, act }, current)
}

/** What one does in the thread that is open, whoever holds it. */
function inThread(action: 'note' | 'find' | 'goToDate', id: string): void {
  if (action === 'note') toggleNoteMode(id)
  else if (action === 'find') find(id)
  else openDialog({ kind: 'date', conversationId: id })
}

/** The one that is open, else the one that waits longest of those offered. */
function declineFirst(current: string | undefined): void {
  const offers = offersTo(liveStore.getState().conversations, selfId())
  const one = offers.find(({ id }) => id === current) ?? offers[0]
  if (one !== undefined) openDialog({ kind: 'decline', conversationId: one.id })
}

/** Asks first where the organization has something to choose from that is not asked after the close. */
export function endOrAsk(id: string, endAndNext: DeskActions['endAndNext']): void {
  const live = liveStore.getState()
  const sessions = meOf(live)?.organization.sessions
  const teams = selfOf(live)?.teams ?? []
  const isReasonAsked = sessions?.reasons.some((reason) => reason.for.includes('close')) === true
  const isDispositionAsked =
    (sessions?.wrapUpMs ?? 0) === 0 && sessions?.dispositions?.some((one) => isChosenBy(teams, one)) === true
  if (isReasonAsked || isDispositionAsked) openDialog({ kind: 'close', conversationId: id })
  else void endAndNext(id)
}

function parkOrResume(id: string, resumeOne: DeskActions['resumeOne']): void {
  const isParked = liveStore.getState().conversations.get(id)?.parked !== null
  if (isParked) void resumeOne(id)
  else openDialog({ kind: 'park', conversationId: id })
}

function maySupervise(id: string | undefined): id is string {
  const live = liveStore.getState()
  const conversation = live.conversations.get(id ?? '')
  const isOthers = conversation !== undefined && conversation.status !== 'closed' && conversation.assignee !== selfId()
  return isOthers && (meOf(live)?.scopes.includes('sessions:supervise') ?? false)
}

function explain(id: string | undefined): void {
  const decisionId = liveStore.getState().conversations.get(id ?? '')?.decisionId ?? undefined
  if (decisionId !== undefined) openDialog({ kind: 'decision', decisionId })
}

function step(by: 1 | -1, current: string | undefined, open: (id: string) => void): void {
  const rows = rowsOf(liveStore.getState().conversations, deskState.getState().tab, selfId())
  const next = neighbourOf(rows, current, by)
  if (next !== undefined) open(next.id)
}

function isHeld(id: string | undefined): id is string {
  const conversation = liveStore.getState().conversations.get(id ?? '')
  return conversation?.status === 'open' && conversation.assignee === selfId()
}
