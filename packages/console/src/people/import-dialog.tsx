import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useLive } from '../live/use-live.ts'
import { useChangeWords } from '../manage/change-words.ts'
import { Refusal } from '../manage/refusal.tsx'
import { useApplyPart } from '../manage/use-configuration.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { type AgentRow, type AgentTable, agentsInTable, type RowFault } from './agents-in-table.ts'
import { readTable } from './read-table.ts'

type Preview = { readonly table: AgentTable; readonly changes: ReadonlyMap<string, string> }

/** Agents from a table: what each row would do is shown first, and nothing is done while a row is wrong. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const teams = useLive((live) => live.teams)
  const changeWords = useChangeWords()
  const applyPart = useApplyPart()
  const [preview, setPreview] = useState<Preview>()
  const looking = useMutation({
    mutationFn: async (file: File): Promise<Preview> => {
      const table = agentsInTable(await readTable(file), [...teams.values()])
      if (!isGood(table)) return { table, changes: new Map() }
      const changes = await applyPart({ agents: table.rows.map(({ agent }) => agent) }, { dryRun: true })
      const agents = changes.filter(({ kind }) => kind === 'agent')
      return { table, changes: new Map(agents.map(({ id, change }) => [id, changeWords[change]])) }
    },
    onSuccess: setPreview,
    onMutate: () => setPreview(undefined),
  })
  const applying = useMutation({
    mutationFn: (rows: readonly AgentRow[]) => applyPart({ agents: rows.map(({ agent }) => agent) }),
    onSuccess: onClose,
  })
  const rows = preview?.table.ok ? preview.table.rows : []
  const failure = applying.error ?? looking.error
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t`批量导入客服`}
      description={t`CSV 或 XLSX，第一行是列名：编号、昵称，可选 角色、客服组、接待上限。编号已存在的会更新。`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button
            kind="primary"
            disabled={preview === undefined || !isGood(preview.table) || applying.isPending}
            onClick={() => applying.mutate(rows)}
          >
            {rows.length === 0 ? <Trans>导入</Trans> : <Plural value={rows.length} other="导入 # 位客服" />}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <input
          type="file"
          aria-label={t`选择表格文件`}
          accept=".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? []
            if (file !== undefined) looking.mutate(file)
          }}
          className="rounded-md border border-strong-line p-1.5 text-[13px]"
        />
        {failure === null ? null : <ImportFailure error={failure} />}
        {preview === undefined ? null : <PreviewTable preview={preview} />}
      </div>
    </Dialog>
  )
}

const isGood = (table: AgentTable): table is Extract<AgentTable, { ok: true }> =>
  table.ok && table.rows.length > 0 && table.rows.every(({ faults }) => faults.length === 0)

/** What no server said comes from the file. */
function ImportFailure({ error }: { readonly error: Error }) {
  if (error.name === 'DuokeError') return <Refusal error={error} />
  return (
    <p role="alert" className="text-[13px] text-bad">
      <Trans>无法读取这个文件：{error.message}</Trans>
    </p>
  )
}

function PreviewTable({ preview: { table, changes } }: { readonly preview: Preview }) {
  const { t } = useLingui()
  const words = useFaultWords()
  if (!table.ok) {
    const columns = table.missing.join('、')
    return (
      <p role="alert" className="text-[13px] text-bad">
        <Trans>第一行缺少这些列：{columns}</Trans>
      </p>
    )
  }
  if (table.rows.length === 0) return <p className="text-text-3">{t`表格里没有客服。`}</p>
  return (
    <ul aria-label={t`将要导入的客服`} className="rounded-lg border border-line text-[13px]">
      {table.rows.map(({ line, agent, faults }) => (
        <li key={line} className="flex flex-wrap gap-x-2 border-b border-line px-3 py-1.5 last:border-0">
          <span className="numbers text-text-3">{t`第 ${line} 行`}</span>
          <span className="min-w-0 grow break-words">
            {agent.nickname} {agent.id}
          </span>
          {faults.length === 0 ? (
            <span className="text-good">{changes.get(agent.id)}</span>
          ) : (
            <span className="text-bad">{faults.map((fault) => words[fault]).join('、')}</span>
          )}
        </li>
      ))}
    </ul>
  )
}

function useFaultWords(): Record<RowFault, string> {
  const { t } = useLingui()
  return {
    'no-id': t`没有编号`,
    'bad-id': t`编号只能用字母、数字、- 和 _`,
    'repeated-id': t`编号重复`,
    'no-nickname': t`没有昵称`,
    'long-nickname': t`昵称超过 16 个字`,
    'unknown-role': t`没有这个角色`,
    'unknown-team': t`没有这个客服组`,
    'bad-capacity': t`接待上限是 0 到 1000 的整数`,
  }
}
