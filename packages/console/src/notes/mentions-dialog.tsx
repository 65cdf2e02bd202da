import type { Mention } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { fullTime, threadTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { useLive } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Waiting } from '../ui/empty.tsx'
import { mentionsStore } from './mentions.ts'
import { NoteText } from './noted.tsx'

/** Notes in which one was mentioned, newest first; to open the list is to have seen them. */
export function MentionsDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const [, navigate] = useLocation()
  const { data, isError } = useQuery({
    queryKey: ['mentions'],
    queryFn: async () => (await client.me.mentions({ limit: 100 })).items,
    staleTime: 0,
    gcTime: 0,
  })
  const newest = data?.find(({ seen }) => !seen)?.note.position
  useEffect(() => {
    if (newest === undefined) return
    client.me.seeMentions(newest).then(
      () => mentionsStore.setState({ unseen: 0 }),
      () => {},
    )
  }, [newest])
  const open = (conversationId: string) => {
    onClose()
    navigate(`/c/${conversationId}`)
  }
  return (
    <Dialog open onClose={onClose} title={t`提到我的备注`}>
      {isError ? (
        <p role="alert" className="text-bad">
          <Trans>没有读到备注</Trans>
        </p>
      ) : data === undefined ? (
        <Waiting label={t`正在读取`} />
      ) : data.length === 0 ? (
        <p className="text-text-2">
          <Trans>还没有人在备注中提到你</Trans>
        </p>
      ) : (
        <ul className="-mx-2">
          {data.map((mention) => (
            <li key={mention.note.id}>
              <MentionRow mention={mention} onOpen={() => open(mention.note.conversationId)} />
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  )
}

function MentionRow({ mention, onOpen }: { readonly mention: Mention; readonly onOpen: () => void }) {
  const { note, customerName, seen } = mention
  const agents = useLive((live) => live.agents)
  const locale = useLocale()
  const nowMs = useNow(60_000)
  const atMs = Date.parse(note.at)
  const nameOf = (id: string) => agents.get(id)?.nickname ?? id
  const author = note.by.kind === 'agent' ? nameOf(note.by.agentId) : note.by.kind === 'app' ? note.by.appId : ''
  return (
    <button
      type="button"
      onClick={onOpen}
      className="flex w-full flex-col gap-0.5 rounded-md px-2 py-2 text-left -outline-offset-2 hover:bg-hover"
    >
      <span className="flex items-baseline gap-2">
        <span className={`grow truncate ${seen ? '' : 'font-semibold'}`}>
          <Trans>
            {author}在 {customerName} 的对话中
          </Trans>
        </span>
        <time dateTime={note.at} title={fullTime(atMs, locale)} className="numbers shrink-0 text-xs text-text-3">
          {threadTime(atMs, nowMs, locale)}
        </time>
      </span>
      <span className="line-clamp-3 text-[13px] wrap-anywhere whitespace-pre-wrap text-text-2">
        {note.text === null ? (
          <Trans>备注已清除</Trans>
        ) : (
          <NoteText text={note.text} names={note.mentions.map(nameOf)} />
        )}
      </span>
    </button>
  )
}
