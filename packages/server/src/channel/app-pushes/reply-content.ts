import { Content } from '@duoke/contract'
import { storableText } from '@duoke/wechat'
import { Value } from 'typebox/value'
import type { MediaIds, MediaOwner } from '../media-ids.ts'
import type { MediaKind } from '../translate.ts'
import type { AppReply } from './reply.ts'

/** An app's reply in our words, with WeChat's id of each file in it by ours. */
export type ReplyContent = { readonly content: Content; readonly media: Readonly<Record<string, string>> }

/** Null for what cannot be shown: a file that WeChat does not have, or words beyond every limit. */
export async function replyContentOf(
  reply: AppReply,
  { mediaIds, owner }: { readonly mediaIds: Pick<MediaIds, 'namesOf'>; readonly owner: MediaOwner },
): Promise<ReplyContent | null> {
  const media: Record<string, string> = {}
  const file = async (id: string, kind: MediaKind): Promise<string | null> => {
    const { ours, theirs } = await mediaIds.namesOf(owner, storableText(id), kind)
    if (theirs === null) return null
    media[ours] = theirs
    return ours
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
