/** A request with a bearer token; the answer's body is kept as it came. */
export async function ask(url: string, token: string, path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(new URL(path, url), { headers: { Authorization: `Bearer ${token}` } })
  return { status: answer.status, text: await answer.text() }
}

export type PublicEvent = { position: number; cursor: string; type: string; actor: unknown; facts: unknown }

export async function eventsOf(url: string, token: string): Promise<{ items: PublicEvent[]; next: string }> {
  return JSON.parse((await ask(url, token, '/v1/events?limit=200')).text)
}
