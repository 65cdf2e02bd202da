// An app that gives out an account's sessions by Duoke's published rule, from what the interfaces tell every app.
import assert from 'node:assert/strict'
import { AllocatingLedger, type Pick } from './allocating-ledger.ts'
import { ask, type Json } from './app.ts'
import type { CompatibleStage } from './compatible-stage.ts'

export type AllocatingApp = {
  /** Hears what happened, and gives out whoever can be served now. */
  work(): Promise<void>
  close(openid: string, agentId: string): Promise<void>
  pass(openid: string, to: { readonly agentId: string } | { readonly teamId: string }): Promise<void>
}

/** @param breaksTies false: of equally loaded agents the first by id, which is not the rule. */
export function createAllocatingApp(stage: CompatibleStage, token: string, breaksTies = true): AllocatingApp {
  const ledger = new AllocatingLedger(breaksTies)
  const { openids } = ledger
  /** Given out and counted already; what the log says of it comes later. */
  const given = new Set<string>()
  let cursor = ''

  const ofWeChat = async (path: string, body?: Json) => stage.call(path, body, { token: await freshToken(stage) })
  const session = async (call: 'create' | 'close', openid: string, agentId: string) => {
    const body = { kf_account: `${agentId}@acme`, openid }
    assert.deepEqual(await ofWeChat(`/customservice/kfsession/${call}`, body), { errcode: 0, errmsg: 'ok' })
  }

  /** One event at a time, as if the app had heard of each at once: several may share an instant. */
  async function hear(): Promise<Pick[]> {
    const path = `/v1/events?limit=100${cursor === '' ? '' : `&after=${cursor}`}`
    const { body } = await ask(stage.test.url, path, { token })
    const picks: Pick[] = []
    for (const event of body.items) {
      if (event.type === 'session.assigned' && given.delete(event.conversationId)) continue
      ledger.fold(event)
      for (let pick = ledger.pick(); pick !== undefined; pick = ledger.pick()) {
        const { conversationId, agentId } = pick
        const facts = { conversationId, from: { kind: 'queue' }, to: { kind: 'agent', agentId } }
        ledger.fold({ type: 'session.assigned', at: event.at, facts })
        given.add(conversationId)
        picks.push(pick)
      }
    }
    cursor = body.next
    return picks
  }

  return {
    async work() {
      for (;;) {
        const picks = await hear()
        for (const { conversationId, agentId } of picks) {
          await session('create', openids.get(conversationId) ?? '', agentId)
        }
        // What it has just created comes back as events.
        if (picks.length === 0) break
      }
      await assertToldAlike(ledger, ofWeChat)
    },
    close: (openid, agentId) => session('close', openid, agentId),
    async pass(openid, to) {
      const conversationId = [...openids].find(([, one]) => one === openid)?.[0] ?? ''
      const path = `/v1/conversations/${conversationId}/control`
      await ask(stage.test.url, path, { token, body: { action: 'pass', to } })
    },
  }
}

/** WeChat's calls name the same customers in the same order, and the same loads. */
async function assertToldAlike(ledger: AllocatingLedger, ofWeChat: (path: string) => Promise<Json>): Promise<void> {
  const { waitcaselist } = await ofWeChat('/customservice/kfsession/getwaitcase')
  assert.deepEqual(
    waitcaselist.map(({ openid }: Json) => openid),
    ledger.waiting().map(({ conversationId }) => ledger.openids.get(conversationId)),
  )
  const { kf_online_list } = await ofWeChat('/cgi-bin/customservice/getonlinekflist')
  for (const { kf_account, auto_accept, accepted_case } of kf_online_list) {
    const known = ledger.agents.get(kf_account.split('@')[0])
    assert.deepEqual([auto_accept, accepted_case], [known?.isOnline ? known.capacity : 0, known?.load], kf_account)
  }
}

/** A long day outlasts any token. */
async function freshToken(stage: CompatibleStage): Promise<string> {
  const body = { grant_type: 'client_credential', appid: stage.appIdOf('crm'), secret: stage.secretOf('crm') }
  const answer = await ask(stage.test.url, '/cgi-bin/stable_token', { body })
  return answer.body.access_token
}
