// The floor's own fan-out: each push, signed and encrypted for each app, over kept connections. The answers of those that
// may answer are waited for, all at once; the others have theirs whenever they take it.
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { addressOf, type BenchApp } from '../apps.ts'

export type FanOut = (document: string) => Promise<unknown>

export function createFanOut(apps: readonly BenchApp[]): FanOut {
  const posts = apps.map((app) => ({ role: app.role, post: createPost(app) }))
  return (document) => {
    const waitedFor: Promise<void>[] = []
    for (const { role, post } of posts) {
      const posted = post(document)
      if (role === 'responder') waitedFor.push(posted)
    }
    return Promise.all(waitedFor)
  }
}

function createPost({ appId, token, encodingAesKey, port }: BenchApp): (document: string) => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const key = Buffer.from(`${encodingAesKey}=`, 'base64')
  const address = addressOf(port ?? 0)
  return (document) => {
    const timestamp = String(Math.floor(Date.now() / 1000))
    const nonce = String(randomBytes(4).readUInt32BE())
    const encrypted = encrypt(key, document, appId)
    const signed = (parts: readonly string[]) => createHash('sha1').update(parts.toSorted().join('')).digest('hex')
    const query =
      `signature=${signed([token, timestamp, nonce])}&timestamp=${timestamp}&nonce=${nonce}&encrypt_type=aes` +
      `&msg_signature=${signed([token, timestamp, nonce, encrypted])}`
    const body = Buffer.from(`<xml><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`)
    return new Promise((done, failed) => {
      const headers = { 'content-type': 'text/xml', 'content-length': body.length }
      const outgoing = request(`${address}?${query}`, { agent, method: 'POST', headers }, (incoming) => {
        incoming.resume().once('end', done)
      })
      outgoing.once('error', failed)
      outgoing.end(body)
    })
  }
}

function encrypt(key: Buffer, document: string, appId: string): string {
  const text = Buffer.from(document)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  const plain = Buffer.concat([randomBytes(16), length, text, Buffer.from(appId)])
  const padding = 32 - (plain.length % 32)
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([
    cipher.update(Buffer.concat([plain, Buffer.alloc(padding, padding)])),
    cipher.final(),
  ]).toString('base64')
}
