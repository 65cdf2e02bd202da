import type { Actor, Content } from '@duoke/contract'
import type { Acceptance, Command, CommandOf, CustomerAct, Decision, ResolvedConfiguration } from '../commands.ts'
import type { ConversationState } from '../conversation/state.ts'
import { account, agent, createWorld, settings, type World, type WorldOptions } from './world.ts'

export const operator: Actor = { kind: 'operator' }
export const byAgent = (agentId: string): Actor => ({ kind: 'agent', agentId })
export const byApp = (appId: string): Actor => ({ kind: 'app', appId })

/** A world with one account `oa`, spoken to in few words. */
export type Desk = World & {
  apply(document: Partial<ResolvedConfiguration>, options?: { prune?: boolean; dryRun?: boolean }): Acceptance
  /** A follower of `oa` says or does something; answers the conversation's id. */
  says(openid: string, text?: string): string
  does(openid: string, act: CustomerAct, content?: Content): Acceptance
  status(agentId: string, status: CommandOf<'agent.set-status'>['status'], ttlMs?: number): Acceptance
  answers(agentId: string, conversationId: string, text?: string): Decision
  conversation(id: string): ConversationState
  /** Who holds it: `nobody`, `queue`, `queue:team`, `agent:ann` or `app:bot`. */
  holder(id: string): string
  types(events: Acceptance['events']): string[]
}

export function createDesk(document: Partial<ResolvedConfiguration> = {}, options: WorldOptions = {}): Desk {
  const world = createWorld(options)
  const desk: Desk = Object.assign(world, {
    apply(changes: Partial<ResolvedConfiguration>, { prune = false, dryRun = false } = {}) {
      const command: Command = {
        type: 'configuration.apply',
        actor: operator,
        document: { organization: settings, ...changes },
        prune,
        dryRun,
      }
      return world.must(command)
    },
    says(openid: string, text = '你好') {
      return desk.does(openid, 'message', { type: 'text', text }).result.conversationId ?? ''
    },
    does(openid: string, act: CustomerAct, content: Content = { type: 'action', action: act }) {
      const { nowMs: sentAtMs } = world
      return world.must({ type: 'customer.act', accountId: 'oa', openid, act, kind: content.type, content, sentAtMs })
    },
    status(agentId: string, status: CommandOf<'agent.set-status'>['status'], ttlMs?: number) {
      const actor = byAgent(agentId)
      return world.must({ type: 'agent.set-status', actor, agentId, status, cause: 'chosen', ttlMs })
    },
    answers(agentId: string, conversationId: string, text = '好的') {
      const content = { type: 'text', text } as const
      return world.run({ type: 'message.submit', actor: byAgent(agentId), conversationId, content })
    },
    conversation(id: string) {
      const conversation = world.state.conversations.get(id)
      if (conversation === undefined) throw new Error(`no conversation ${id}`)
      return conversation
    },
    holder(id: string) {
      const { holder } = desk.conversation(id)
      if (holder.kind === 'agent') return `agent:${holder.agentId}`
      if (holder.kind === 'app') return `app:${holder.appId}`
      return holder.kind === 'queue' && holder.teamId !== null ? `queue:${holder.teamId}` : holder.kind
    },
    types: (events: Acceptance['events']) => events.map(({ type }) => type),
  })
  desk.apply({ accounts: [account('oa')], teams: [], agents: [agent('ann'), agent('bob')], apps: [], ...document })
  return desk
}
