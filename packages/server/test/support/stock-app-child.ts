// A vendor's server in a process of its own, made of stock packages: `node stock-app-child.ts SETTINGS`, as JSON.
// What it does with a message stands in the message: `… good=reply lying=garbage`.
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import coWechat from 'co-wechat'
import express from 'express'
import Koa from 'koa'
import wechat from 'wechat'

export type StockSettings = {
  readonly kit: 'wechat' | 'co-wechat'
  readonly appId: string
  readonly wechatAppId: string
  readonly token: string
  readonly encodingAesKey: string
}
const hangsForMs = 10_000

const settings: StockSettings = JSON.parse(process.argv[2] ?? '')
const config = { appid: settings.wechatAppId, token: settings.token, encodingAESKey: settings.encodingAesKey }

function deedFor(content = ''): string {
  return new RegExp(` ${settings.appId}=(\\w+)`).exec(content)?.[1] ?? 'silent'
}

function expressApp(): RequestListener {
  const app = express()
  app.use(
    '/wx',
    wechat(config, async (request, response) => {
      const { Content = '' } = request.weixin
      const deed = request.query.duoke_role === 'standby' ? 'silent' : deedFor(Content)
      if (deed === 'hang') await wait(hangsForMs)
      if (deed === 'garbage') response.end('<xml><Encrypt>谎')
      else if (deed === 'transfer') response.transfer2CustomerService()
      else response.reply(deed === 'silent' ? '' : `${settings.appId} ${Content}`)
    }),
  )
  return app
}

function koaApp(): RequestListener {
  const app = new Koa()
  const handle = async ({ Content = '' }: Readonly<Record<string, string>>): Promise<string> => {
    const deed = deedFor(Content)
    if (deed === 'hang') await wait(hangsForMs)
    return deed === 'reply' ? `${settings.appId} ${Content}` : ''
  }
  app.use(coWechat(config).middleware(handle))
  return app.callback()
}

const server = createServer(settings.kit === 'wechat' ? expressApp() : koaApp())
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo // it listens on a port
  console.log(`http://127.0.0.1:${port}/wx`)
})
process.stdin.resume()
process.stdin.on('end', () => process.exit())
