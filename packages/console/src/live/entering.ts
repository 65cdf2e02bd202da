import type { Me } from '@duoke/contract'
import { DuokeError } from '@duoke/sdk'
import { client } from './client.ts'
import { startFollowing, stopFollowing } from './follow.ts'
import { liveStore, nothingYet } from './live-store.ts'

/** Asks the server who this browser is, and begins when it is somebody. */
export async function enter(): Promise<void> {
  try {
    const { data: me, cursor } = await client.me.get().withAnswer()
    await begin(me, cursor)
  } catch (error) {
    const refused = error instanceof DuokeError && error.status !== undefined && error.status < 500
    liveStore.setState({ signIn: refused ? { kind: 'signed-out', ended: false } : { kind: 'unreachable' } })
  }
}

export type Credentials = { readonly agentId: string; readonly password: string; readonly totp?: string }

export async function signIn(credentials: Credentials): Promise<void> {
  await client.signIn(credentials, { maxRetries: 0 })
  await enter()
}

export async function signInWithLink(code: string): Promise<void> {
  await client.signInWithLink({ code })
  await enter()
}

export async function signOut(): Promise<void> {
  stopFollowing()
  try {
    await client.signOut()
  } finally {
    liveStore.setState({ ...nothingYet, signIn: { kind: 'signed-out', ended: false } })
  }
}

async function begin(me: Me, cursor: string | undefined): Promise<void> {
  liveStore.setState({ ...nothingYet, signIn: { kind: 'signed-in', me } })
  await startFollowing(cursor)
}

/** After a change of what `me` says: one-time codes switched on, the example removed. */
export async function readMeAgain(): Promise<void> {
  const me = await client.me.get()
  liveStore.setState({ signIn: { kind: 'signed-in', me } })
}
