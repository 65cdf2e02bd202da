import { Content } from '@duoke/contract'
import { storableText } from '@duoke/wechat'
import { Value } from 'typebox/value'
import type { Database } from '../../database/client.ts'
import type { MediaKind } from '../translate.ts'
import type { AppReply } from './reply.ts'

/** An app's reply in our words, with WeChat's id of each file in it by ours. */
export type ReplyContent = { readonly content: Content; readonly media: Readonly<Record<string, string>> }

/** Finds a file by either of its names; one that is new to us is fetched for the record. Null: WeChat has it not. */
export type ReplyMedia = (
  account: { readonly organizationId: string; readonly accountId: string },
  id: string,
  kind: MediaKind,
) => Promise<{ readonly ours: string; readonly theirs: string } | null>

/** Null for what cannot be shown: a file that WeChat does not have, or words beyond every limit. */
export async function replyContentOf(
  reply: AppReply,
  find: (id: string, kind: MediaKind) => ReturnType<ReplyMedia>,
): Promise<ReplyContent | null> {
  const media: Record<string, string> = {}
  const file = async (id: string, kind: MediaKind): Promise<string | null> => {
    const found = await find(storableText(id), kind)
    if (found !== null) media[found.ours] = found.theirs
    return found?.ours ?? null
  }
  const content = await contentOf(reply, file)
  return content !== null && Value.Check(Content, content) ? { content, media } : null
}

type File = (id: string, kind: MediaKind) => Promise<string | null>

async function contentOf(reply: AppReply, file: File): Promise<Content | null> {
  switch (reply.type) {
    case 'text':
      return { type: 'text', text: storableText(reply.content) }
    case 'image':
    case 'voice': {
      const mediaId = await file(reply.mediaId, reply.type)
      return mediaId === null ? null : { type: reply.type, mediaId }
    }
    case 'video': {
      const mediaId = await file(reply.mediaId, 'video')
      if (mediaId === null) return null
      const { title, description } = reply
      return { type: 'video', mediaId, ...words({ title, description }) }
    }
    case 'music': {
      const thumbMediaId = await file(reply.thumbMediaId, 'thumb')
      if (thumbMediaId === null) return null
      const { title = '', description = '', musicUrl, hqMusicUrl } = reply
      return { type: 'music', thumbMediaId, title, description, url: musicUrl ?? '', ...words({ hqUrl: hqMusicUrl }) }
    }
    case 'news':
      return {
        type: 'news',
        // WeChat leaves out what is too many; so does the record.
        articles: reply.articles.slice(0, 8).map(({ title, description, url, picUrl }) => ({
          ...{ title: storableText(title), description: storableText(description), url },
          ...(picUrl === '' ? {} : { pictureUrl: picUrl }),
        })),
      }
    default:
      return reply satisfies never
  }
}

function words<K extends string>(given: Readonly<Record<K, string | undefined>>): { [N in K]?: string } {
  const said = Object.entries<string | undefined>(given).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  )
  return Object.fromEntries(said.map(([name, text]) => [name, storableText(text)])) as { [N in K]?: string } // the same names
}

type MediaRow = { readonly media_id: string; readonly wechat_media_id: string | null }

export function createReplyMedia(
  database: Database,
  ports: { readonly drawMediaId: () => string; readonly nowMs: () => number },
): ReplyMedia {
  return ({ organizationId, accountId }, id, kind) =>
    database.withOrganization(organizationId, async (tx) => {
      const { rows } = await tx.query<MediaRow>({
        name: 'reply_media_find',
        text: `select media_id, wechat_media_id from media where org_id = $1
          and ((account_id = $2 and wechat_media_id = $3) or media_id = $3) limit 1`,
        values: [organizationId, accountId, id],
      })
      const [known] = rows
      if (known !== undefined) {
        return known.wechat_media_id === null ? null : { ours: known.media_id, theirs: known.wechat_media_id }
      }
      const ours = ports.drawMediaId()
      await tx.query({
        name: 'reply_media_add',
        text: `insert into media (org_id, media_id, account_id, kind, wechat_media_id, state, not_before, created_at)
          select $1, $2, $3, $4, $5, 'pending', at.at, at.at from (select to_timestamp($6::double precision / 1000) as at) as at`,
        values: [organizationId, ours, accountId, kind, id, ports.nowMs()],
      })
      return { ours, theirs: id }
    })
}
