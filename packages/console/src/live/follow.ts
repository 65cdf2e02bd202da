import type { PublicEvent, ServerFrame } from '@duoke/contract'
import type { Stream, StreamState } from '@duoke/sdk'
import { readUnseenMentions, takeMention } from '../notes/mentions.ts'
import { noticesOf, takenIn } from '../notice/noticing.ts'
import { tellNotices } from '../notice/tell-notices.ts'
import { client } from './client.ts'
import { applyToAgents } from './fold-agents.ts'
import {
  changeOutbox,
  liveStore,
  meOf,
  nothingYet,
  putAgents,
  putConversations,
  putPresence,
  putTeams,
  putThread,
  selfId,
} from './live-store.ts'
import { applyToIsland } from './looking.ts'
import { readMessagesLeft } from './messages-left.ts'
import { without } from './outbox.ts'
import { applyToThread } from './thread.ts'
import { catchUpThread, catchUpWhenBehind } from './thread-loading.ts'

let stream: Stream | undefined
let wasLive = false

/** Reads the lists and follows the log from before them: what happens in between arrives twice, never not at all. */
export async function startFollowing(cursor: string | undefined): Promise<void> {
  stopFollowing()
  stream = client.stream({
    view: 'agent',
    ...(cursor === undefined ? {} : { after: cursor }),
    onFrame: takeFrame,
    onState: seeState,
    onReset: readEverythingAgain,
  })
  await readLists()
}

export function stopFollowing(): void {
  stream?.close()
  stream = undefined
  wasLive = false
}

export function watch(conversationIds: readonly string[]): void {
  const { conversations, ...live } = liveStore.getState()
  const maySupervise = meOf({ conversations, ...live })?.scopes.includes('sessions:supervise') ?? false
  // What a colleague holds a supervisor looks at without being shown; the log keeps it.
  const unseen = conversationIds.filter((id) => {
    const conversation = conversations.get(id)
    return maySupervise && conversation?.status === 'open' && conversation.assignee !== selfId()
  })
  stream?.watch(conversationIds, unseen)
}

/** Tells the customer, and colleagues who look, that somebody writes. Nothing depends on it. */
export function sayTyping(conversationId: string): void {
  stream?.typing(conversationId)
}

const pageSize = 200
/** More open conversations than this are found by searching, not by scrolling. */
const mostOpen = 1_000

export async function readLists(): Promise<void> {
  const read = async (status: 'waiting' | 'open') => {
    let count = 0
    let page = await client.conversations.list({ status, limit: pageSize })
    for (;;) {
      putConversations(page.items)
      count += page.items.length
      const next = count < mostOpen ? page.nextPage() : undefined
      if (next === undefined) return
      page = await next
    }
  }
  const recent = client.conversations.list({ status: 'closed', limit: 50 }).then(({ items }) => putConversations(items))
  const people = [readAgents(), readTeams(), readUnseenMentions()]
  await Promise.all([read('waiting'), read('open'), recent, readMessagesLeft()])
  liveStore.setState({ loaded: true })
  await Promise.all(people)
}

export async function readAgents(): Promise<void> {
  const agents = []
  for await (const agent of client.agents.list({ limit: pageSize })) agents.push(agent)
  putAgents(agents)
}

export async function readTeams(): Promise<void> {
  const teams = []
  for await (const team of client.teams.list({ limit: pageSize })) teams.push(team)
  putTeams(teams)
}

/** After a restored backup nothing that we know can be trusted. */
async function readEverythingAgain(): Promise<string> {
  const { data: me, cursor } = await client.me.get().withAnswer()
  liveStore.setState(({ outbox, link }) => ({ ...nothingYet, outbox, link, signIn: { kind: 'signed-in', me } }))
  await readLists()
  return cursor ?? ''
}

function seeState(state: StreamState): void {
  liveStore.setState({ link: state })
  if (state.kind === 'ended' && state.reason !== 'closed') {
    liveStore.setState({ signIn: { kind: 'signed-out', ended: true } })
  }
  // Whatever the stream may not repeat (who holds what, a watched thread) is read again once after a break.
  if (state.kind !== 'live') return
  if (wasLive) {
    readLists().catch(() => {})
    for (const id of liveStore.getState().threads.keys()) catchUpThread(id).catch(() => {})
  }
  wasLive = true
}

function takeFrame(frame: ServerFrame): void {
  switch (frame.type) {
    case 'event':
      tellOf(frame.event as PublicEvent) // the frame's schema leaves the facts open; the contract types them
      break
    case 'list': {
      const { conversations, loaded } = liveStore.getState()
      const notices = loaded ? noticesOf(conversations, frame.conversations, selfId()) : []
      putConversations(frame.conversations)
      tellNotices(notices)
      for (const conversation of frame.conversations) catchUpWhenBehind(conversation)
      break
    }
    case 'typing':
    case 'viewing':
      putPresence(frame, Date.now())
      break
    case 'ready':
    case 'ping':
    case 'reset':
      break
    default:
      frame satisfies never
  }
}

function tellOf(event: PublicEvent): void {
  tellNotices(takenIn(event, liveStore.getState().conversations, selfId()))
  takeEvent(event)
}

export function takeEvent(event: PublicEvent): void {
  const { conversationId } = event
  if (conversationId !== null) putThread(conversationId, (thread) => thread && applyToThread(thread, event))
  applyToIsland(event)
  takeMention(event)
  if (event.type === 'message.submitted' && event.facts.clientId !== undefined) {
    const { clientId } = event.facts
    changeOutbox((outbox) => without(outbox, clientId))
  }
  liveStore.setState((live) => ({ agents: applyToAgents(live.agents, event) }))
}
