// What a Node developer would write today: koa, co-wechat, and one INSERT for each message through pg's pool.
import { once } from 'node:events'
import { createServer } from 'node:http'
import wechat from 'co-wechat'
import Koa from 'koa'
import pg from 'pg'
import { account } from '../account.ts'
import { answerCalls } from './calls.ts'
import { portOf } from './port-of.ts'
import { readUsage } from './usage.ts'

const handlers = {
  async start({ databaseUrl }: { databaseUrl: string }): Promise<{ port: number }> {
    const pool = new pg.Pool({ connectionString: databaseUrl })
    await pool.query(
      'create table message (message_id bigint primary key, openid text not null, content text not null, at timestamptz not null default now())',
    )
    const { token, appId: appid, encodingAesKey: encodingAESKey } = account
    const app = new Koa()
    app.use(
      wechat({ token, appid, encodingAESKey }).middleware(async ({ MsgId, FromUserName, Content }) => {
        await pool.query(
          'insert into message (message_id, openid, content) values ($1, $2, $3) on conflict (message_id) do nothing',
          [MsgId, FromUserName, Content],
        )
        // An empty answer: WeChat then does nothing, and does not come again.
        return ''
      }),
    )
    const server = createServer(app.callback()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return { port: portOf(server) }
  },
  usage: readUsage,
}
export type KoaHandlers = typeof handlers
answerCalls(handlers)
