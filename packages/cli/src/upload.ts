import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { routes } from '@duoke/sdk'
import { refusal } from './download.ts'

export type Restored = { readonly createdAt: string; readonly tables: number; readonly rows: number }

/**
 * Sends a backup to a server, which puts it in the place of what it holds. Not with `fetch`: that gives up on an answer after
 * five minutes, and a large backup takes its time.
 */
export async function uploadBackup(
  { url, token }: { readonly url: string; readonly token: string },
  file: string,
  replace: boolean,
): Promise<Restored> {
  const [method, path] = routes.restoreBackup.split(' ')
  const address = `${url.replace(/\/+$/, '')}${path}?replace=${replace}`
  const send = address.startsWith('https:') ? overHttps : overHttp
  const request = send(address, {
    method: method ?? '',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/gzip' },
  })
  const answered: Promise<IncomingMessage> = once(request, 'response').then(([answer]) => answer)
  const sent = pipeline(createReadStream(file), request)
  // A refusal may come before all is sent, and then it is what counts.
  sent.catch(() => {})
  const answer = await answered
  const text = (await buffer(answer)).toString()
  const status = answer.statusCode ?? 0
  if (status !== 200) throw await refusal(new Response(text, { status }))
  await sent
  return JSON.parse(text) as Restored // The operation's declared answer.
}
