import type { Body, QuickReply, QuickReplyContent } from '@duoke/contract'
import type { AgentState } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import { actorOf, type Caller } from '../http/caller.ts'
import type { Handlers } from '../http/handler.ts'
import { defaultLimit, pageOf, readKeyset } from '../http/keyset.ts'
import { Refused } from '../http/refused.ts'
import { submitFor } from '../http/submit.ts'
import { type CommandPorts, requireMedia } from './commands.ts'
import { type Reader, readQuickReplies, readQuickReply } from './quick-reply-store.ts'

type QuickReplyOperations =
  | 'listQuickReplies'
  | 'createQuickReply'
  | 'importQuickReplies'
  | 'changeQuickReply'
  | 'deleteQuickReply'

export function quickReplyHandlers({ log, reads }: CommandPorts): Pick<Handlers, QuickReplyOperations> {
  const requireImages = async (org: string, replies: readonly QuickReplyContent[]) => {
    const ids = replies.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'image' ? [part.mediaId] : [])))
    if (ids.length > 0) await reads.read(org, (tx) => requireMedia(tx, org, ids))
  }
  const add = async (
    caller: Caller,
    { owner, items }: { owner: Body<'createQuickReply'>['owner']; items: readonly GivenReply[] },
    key: string | undefined,
  ) => {
    const replies = items.map(contentOf)
    await requireImages(caller.org, replies)
    const command = { type: 'quick-replies.add', ...askedBy(caller), owner, replies } as const
    return (await submitFor(log, caller, command, { key })).result.quickReplyIds ?? []
  }
  const one = async (org: string, id: string): Promise<QuickReply> => {
    const reply = await reads.read(org, (tx) => readQuickReply(tx, org, id))
    if (reply === null) throw new Refused('not_found')
    return reply
  }
  return {
    async listQuickReplies({ caller, query }) {
      const limit = query.limit ?? defaultLimit
      const after = readKeyset(query.after)?.id ?? ''
      const replies = await reads.read(caller.org, async (tx) =>
        readQuickReplies(tx, caller.org, await readerOf(tx, caller), { after, limit: limit + 1 }),
      )
      return {
        body: pageOf(
          replies,
          limit,
          (reply) => reply,
          ({ id }) => ({ at: 0, id }),
        ),
      }
    },
    async createQuickReply({ caller, body, retryKey }) {
      const { owner, ...item } = body
      const [id = ''] = await add(caller, { owner, items: [item] }, retryKey)
      return { body: await one(caller.org, id) }
    },
    async importQuickReplies({ caller, body, retryKey }) {
      return { body: { ids: await add(caller, body, retryKey) } }
    },
    async changeQuickReply({ caller, params, body, retryKey }) {
      const { quickReplyId } = params
      const reply = contentOf(body)
      await requireImages(caller.org, [reply])
      const command = { type: 'quick-reply.change', ...askedBy(caller), quickReplyId, reply } as const
      await submitFor(log, caller, command, { key: retryKey })
      return { body: await one(caller.org, quickReplyId) }
    },
    async deleteQuickReply({ caller, params, retryKey }) {
      const command = { type: 'quick-reply.remove', ...askedBy(caller), quickReplyId: params.quickReplyId } as const
      await submitFor(log, caller, command, { key: retryKey })
      return {}
    },
  }
}

type GivenReply = Body<'changeQuickReply'>

const contentOf = ({ title, group, parts }: GivenReply): QuickReplyContent => ({
  title: title.trim(),
  group: group?.trim() ?? '',
  parts,
})

const askedBy = (caller: Caller) => ({ actor: actorOf(caller), mayShare: mayShare(caller) })
const mayShare = (caller: Caller): boolean => caller.scopes.has('quick-replies:manage')

async function readerOf(tx: Transaction, caller: Caller): Promise<Reader> {
  const { holder } = caller
  if (holder.kind !== 'agent') return { agentId: null, teams: mayShare(caller) ? null : [] }
  const { agentId } = holder
  if (mayShare(caller)) return { agentId, teams: null }
  const { rows } = await tx.query<{ config: string }>({
    name: 'teams_of_agent',
    text: 'select config::text as config from agent where org_id = $1 and agent_id = $2',
    values: [caller.org, agentId],
  })
  const config = rows[0] === undefined ? null : (JSON.parse(rows[0].config) as Pick<AgentState, 'teams'>) // written by configuration-store.ts
  return { agentId, teams: config?.teams ?? [] }
}
