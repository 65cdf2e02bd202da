import { useLingui } from '@lingui/react/macro'
import { type ReactNode, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { hintOf } from '../ui/hint.tsx'
import { Select } from '../ui/select.tsx'
import { inOrder, type Order, type Sorting, sortedBy } from './sorting.ts'
import { useWidth } from './use-width.ts'

export type Column<Row> = {
  readonly id: string
  readonly label: string
  /** What the figure means. */
  readonly hint?: string
  /** Figures stand to the right, so that their digits are below each other. */
  readonly isNumber?: boolean
  /** Left out: rows are not put in order by it. */
  readonly order?: Order<Row>
  readonly cell: (row: Row) => ReactNode
}

type Props<Row> = {
  readonly label: string
  /** The first one says whose row it is. */
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly first: Sorting
}

/** Narrower than this the last columns would lie beyond the edge. */
const cardsBelowPx = 640

/** Rows of figures: a table that is put in order by any column, and where there is no room for one, a card for each row. */
export function Figures<Row>({ label, columns, rows, keyOf, first }: Props<Row>) {
  const [sorting, sort] = useState(first)
  const [frame, width] = useWidth<HTMLDivElement>()
  const by = columns.find(({ id }) => id === sorting.by)
  const sorted = by?.order === undefined ? rows : inOrder(rows, by.order, keyOf, sorting.isDescending)
  const shared = { label, columns, rows: sorted, keyOf, sorting, onSort: sort }
  return (
    <div ref={frame}>
      {width === undefined ? null : width < cardsBelowPx ? <Cards {...shared} /> : <Table {...shared} />}
    </div>
  )
}

type Shown<Row> = Omit<Props<Row>, 'first'> & {
  readonly sorting: Sorting
  readonly onSort: (sorting: Sorting) => void
}

function Table<Row>({ label, columns, rows, keyOf, sorting, onSort }: Shown<Row>) {
  return (
    <div className="overflow-x-auto rounded-card border border-line bg-panel">
      <table aria-label={label} className="w-full text-left">
        <thead className="text-[13px] text-text-2">
          <tr className="border-b border-line">
            {columns.map(({ id, label: word, hint, isNumber = false, order }) => (
              <th
                key={id}
                scope="col"
                className={`px-3 py-2 font-normal ${isNumber ? 'text-right' : ''}`}
                aria-sort={sorting.by !== id ? undefined : sorting.isDescending ? 'descending' : 'ascending'}
              >
                {order === undefined ? (
                  word
                ) : (
                  <button
                    type="button"
                    className="hover:underline"
                    onClick={() => onSort(sortedBy(sorting, id, isNumber))}
                    {...(hint !== undefined && hintOf(hint))}
                  >
                    {word}
                    <span aria-hidden="true">{sorting.by !== id ? '' : sorting.isDescending ? ' ↓' : ' ↑'}</span>
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className="border-b border-line last:border-0">
              {columns.map(({ id, isNumber = false, cell }, index) =>
                index === 0 ? (
                  <th key={id} scope="row" className="px-3 py-2 font-normal whitespace-nowrap">
                    {cell(row)}
                  </th>
                ) : (
                  <td key={id} className={`px-3 py-2 whitespace-nowrap ${isNumber ? 'numbers text-right' : ''}`}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Cards<Row>({ label, columns, rows, keyOf, sorting, onSort }: Shown<Row>) {
  const { t } = useLingui()
  const [name, ...rest] = columns
  const choices = columns.filter(({ order }) => order !== undefined).map((one) => ({ value: one.id, label: one.label }))
  const by = columns.find(({ id }) => id === sorting.by)
  return (
    <>
      {rows.length < 2 || choices.length === 0 ? null : (
        <div className="mb-2 flex items-center gap-2">
          <span aria-hidden="true" className="text-[13px] text-text-2">{t`排序`}</span>
          <Select
            compact
            label={t`排序`}
            value={sorting.by}
            choices={choices}
            onChange={(id) => onSort({ by: id, isDescending: columns.find((one) => one.id === id)?.isNumber ?? false })}
          />
          <Button size="s" onClick={() => onSort(sortedBy(sorting, sorting.by, by?.isNumber ?? false))}>
            {sorting.isDescending ? t`从大到小` : t`从小到大`}
          </Button>
        </div>
      )}
      <ul aria-label={label} className="flex flex-col gap-2">
        {rows.map((row) => (
          <li key={keyOf(row)} className="rounded-card border border-line bg-panel px-3.5 py-2.5">
            <p className="mb-1.5 font-medium">{name?.cell(row)}</p>
            <dl className="grid grid-cols-2 gap-x-4 gap-y-1 text-[13px]">
              {rest.map(({ id, label: word, isNumber = false, cell }) => (
                <div key={id} className="flex flex-wrap items-center justify-between gap-x-2">
                  <dt className="text-text-2">{word}</dt>
                  <dd className={isNumber ? 'numbers' : undefined}>{cell(row)}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </>
  )
}
