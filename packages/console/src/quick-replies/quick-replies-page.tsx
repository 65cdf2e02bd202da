import type { QuickReply } from '@duoke/contract'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Download, Pencil, Plus, Trash2, Upload } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useFailureWords } from '../i18n/failure-words.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Empty, Waiting } from '../ui/empty.tsx'
import { Field } from '../ui/field.tsx'
import { Page, Panel } from '../ui/page.tsx'
import { toCsv } from './csv.ts'
import { findReplies, indexOf } from './find-replies.ts'
import { ImportDialog } from './import-dialog.tsx'
import { previewOf, useOwnerWords } from './owner-words.ts'
import { RemoveDialog } from './remove-dialog.tsx'
import { ReplyDialog } from './reply-dialog.tsx'
import { useMayKeep } from './use-may-keep.ts'
import { useQuickReplies } from './use-quick-replies.ts'

/** More are found by typing. */
const mostRows = 200

type Open =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'edit'; readonly reply: QuickReply | undefined }
  | { readonly kind: 'remove'; readonly reply: QuickReply }
  | { readonly kind: 'import' }

/** Everything that one may use, and what of it one keeps. */
export function QuickRepliesPage() {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const { replies, isLoading, error } = useQuickReplies()
  const [open, setOpen] = useState<Open>({ kind: 'nothing' })
  const close = () => setOpen({ kind: 'nothing' })
  return (
    <Page title={t`快捷回复`}>
      <div className="flex flex-wrap items-center gap-2">
        <Button kind="primary" onClick={() => setOpen({ kind: 'edit', reply: undefined })}>
          <Plus className="size-4" aria-hidden="true" />
          <Trans>新建</Trans>
        </Button>
        <Button onClick={() => setOpen({ kind: 'import' })}>
          <Upload className="size-4" aria-hidden="true" />
          <Trans>导入</Trans>
        </Button>
        <Button disabled={replies.length === 0} onClick={() => save(toCsv(replies))}>
          <Download className="size-4" aria-hidden="true" />
          <Trans>导出</Trans>
        </Button>
      </div>
      {isLoading ? (
        <Waiting label={t`正在读取`} />
      ) : error !== null ? (
        <Empty title={wordsOf(error).sentence}>{wordsOf(error).whatToDo}</Empty>
      ) : (
        <ReplyTable replies={replies} onOpen={setOpen} />
      )}
      {open.kind === 'edit' ? <ReplyDialog reply={open.reply} onClose={close} /> : null}
      {open.kind === 'remove' ? <RemoveDialog reply={open.reply} onClose={close} /> : null}
      {open.kind === 'import' ? <ImportDialog onClose={close} /> : null}
    </Page>
  )
}

type TableProps = { readonly replies: readonly QuickReply[]; readonly onOpen: (open: Open) => void }

function ReplyTable({ replies, onOpen }: TableProps) {
  const { t } = useLingui()
  const [typed, setTyped] = useState('')
  const index = useMemo(() => indexOf(replies), [replies])
  const shown = findReplies(index, typed, mostRows)
  if (replies.length === 0) {
    return (
      <Panel>
        <Empty title={<Trans>还没有快捷回复</Trans>}>
          <p className="max-w-prose">
            <Trans>把常用的话存下来：写回复时在行首输入 / 和拼音首字母，就能插入一条或几条消息。</Trans>
          </p>
        </Empty>
      </Panel>
    )
  }
  return (
    <Panel>
      <Field
        label={t`查找`}
        placeholder={t`标题、拼音首字母或内容`}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <ul className="mt-3 divide-y divide-line">
        {shown.map((reply) => (
          <ReplyRow key={reply.id} reply={reply} onOpen={onOpen} />
        ))}
      </ul>
      {shown.length < replies.length ? (
        <p className="numbers mt-3 text-[13px] text-text-3">
          <Trans>
            显示 {shown.length} 条，共 {replies.length} 条
          </Trans>
        </p>
      ) : null}
    </Panel>
  )
}

function ReplyRow({ reply, onOpen }: { readonly reply: QuickReply; readonly onOpen: TableProps['onOpen'] }) {
  const { t } = useLingui()
  const ownerOf = useOwnerWords()
  const mayKeep = useMayKeep()(reply.owner)
  const { title, group, uses } = reply
  return (
    <li className="flex items-center gap-3 py-2">
      <div className="min-w-0 grow">
        <p className="flex items-baseline gap-2">
          <span className="truncate font-medium">{title}</span>
          {group === '' ? null : <span className="shrink-0 text-xs text-text-3">{group}</span>}
        </p>
        <p className="truncate text-[13px] text-text-2">{previewOf(reply)}</p>
      </div>
      <span className="hidden shrink-0 rounded-full bg-sunken px-2 text-xs leading-5 text-text-2 @min-[720px]/desk:inline">
        {ownerOf(reply.owner)}
      </span>
      <span className="numbers hidden w-28 shrink-0 text-right whitespace-nowrap text-xs text-text-3 @min-[720px]/desk:inline">
        <Plural value={uses} other="用过 # 次" />
      </span>
      <span className="flex shrink-0">
        <IconButton
          label={t`修改 ${title}`}
          disabled={!mayKeep}
          icon={<Pencil className="size-4" aria-hidden="true" />}
          onClick={() => onOpen({ kind: 'edit', reply })}
        />
        <IconButton
          label={t`删除 ${title}`}
          disabled={!mayKeep}
          icon={<Trash2 className="size-4" aria-hidden="true" />}
          onClick={() => onOpen({ kind: 'remove', reply })}
        />
      </span>
    </li>
  )
}

function save(csv: string): void {
  const url = URL.createObjectURL(new Blob([csv], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = 'quick-replies.csv'
  link.click()
  URL.revokeObjectURL(url)
}
