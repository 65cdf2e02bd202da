// The npm packages `wechat` (express), `co-wechat` (koa) and `node-easywechat` (Node's own server) as they are, receiving pushes as their guides say.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from './support/app.ts'
import { eventually } from './support/compatible-stage.ts'
import { type ReceiverStage, receiver } from './support/sdk-receiver.ts'

const options = { timeout: 40_000 }
const programs = {
  wechat: receiver.bind(null, 'wechat'),
  'co-wechat': receiver.bind(null, 'co-wechat'),
  'node-easywechat': receiver.bind(null, 'node-easywechat'),
}

/** Deliveries of this kind, when there are so many that fit. */
const deliveries = (stage: ReceiverStage, kind: string, count: number, name = /./): Promise<Json[]> =>
  eventually(async () => {
    const found = (await stage.deliveries()).filter((row) => row.kind === kind && name.test(row.name))
    return found.length >= count ? found : null
  })

for (const [name, start] of Object.entries(programs)) {
  for (const mode of ['plain', 'safe', 'compatible'] as const) {
    test(
      `${name} in ${mode} mode is verified, answers text and pictures, hands over, and stands by`,
      options,
      async () => {
        await using stage = await start(mode)
        const [verified] = await deliveries(stage, 'verification', 1)
        assert.equal(verified.status, 200)
        assert.doesNotMatch(verified.outcome, /fail/)

        await stage.write('你好 <b>&"😀')
        assert.deepEqual(stage.phone(), ['收到：你好 <b>&"😀'])
        assert.equal((await stage.conversation()).holder.kind, 'app')
        await stage.act({ type: 'image', mediaId: stage.picture })
        assert.equal(stage.phone()[1], 'image')
        await stage.act({ type: 'scan', scene: '7' })

        await stage.write('人工')
        assert.equal(stage.phone().length, 2)
        assert.equal((await stage.conversation()).status, 'waiting')
        await stage.setStatus('lili', 'online')
        await eventually(async () => ((await stage.conversation()).assignee === 'lili' ? true : null))
        await stage.write('还在吗')
        const [last] = await deliveries(stage, 'push', 1, /^text$/)
        assert.deepEqual([last.role, last.status, last.outcome], ['standby', 200, 'silent'])
        assert.equal(stage.phone().length, 2)

        const asked = await deliveries(stage, 'ask', 3, /^(text|image)$/)
        assert.deepEqual(
          asked.map((row) => [row.outcome, row.became]),
          [
            ['reply', 'sent'],
            ['reply', 'sent'],
            ['transfer', 'transferred'],
          ],
        )
      },
    )
  }
  test(`${name} greets who follows`, options, async () => {
    await using stage = await start('safe')
    await stage.act({ type: 'unfollow' })
    await stage.act({ type: 'follow' })
    assert.deepEqual(stage.phone(), ['欢迎关注'])
  })
}
