import { Trans, useLingui } from '@lingui/react/macro'

export type Compared = {
  readonly label: string
  /** Nothing to measure: null. */
  readonly before: number | null
  readonly after: number | null
  readonly wordsOf: (value: number) => string
  readonly better: 'higher' | 'lower' | 'neither'
  readonly note?: string
}

type Props = {
  readonly title: string
  readonly rows: readonly Compared[]
  /** Figures of one kind are drawn to one scale; others each to their own. */
  readonly isOneKind?: boolean
}

/** Two bars for each figure: the rules of then above, the draft below. */
export function Comparison({ title, rows, isOneKind = false }: Props) {
  const { t } = useLingui()
  const most = isOneKind ? Math.max(0, ...rows.map(largestOf)) : undefined
  return (
    <section aria-label={title}>
      <h3 className="mb-2 font-semibold">{title}</h3>
      <ul className="flex flex-col gap-2.5">
        {rows.map((row) => (
          <Row key={row.label} row={row} most={most ?? largestOf(row)} />
        ))}
      </ul>
      <p aria-hidden="true" className="mt-2 flex flex-wrap gap-x-5 text-xs text-text-3">
        <span className="inline-flex items-center gap-1.5">
          <span className="h-2 w-5 rounded-sm bg-strong-line" />
          <Trans>当时的规则（模拟）</Trans>
        </span>
        <span className="inline-flex items-center gap-1.5">
          <span className="h-2 w-5 rounded-sm bg-brand-fill" />
          {t`这份草稿`}
        </span>
      </p>
    </section>
  )
}

const largestOf = ({ before, after }: Compared): number => Math.max(before ?? 0, after ?? 0)

function Row({ row, most }: { readonly row: Compared; readonly most: number }) {
  const { t } = useLingui()
  const { label, before, after, wordsOf, better, note } = row
  const words = (value: number | null) => (value === null ? '—' : wordsOf(value))
  return (
    <li className="grid grid-cols-[1fr_auto] gap-x-3 @min-[480px]/desk:grid-cols-[12rem_1fr_12rem]">
      <span className="min-w-0">
        <span className="block break-words">{label}</span>
        {note === undefined ? null : <span className="numbers block text-xs text-text-3">{note}</span>}
      </span>
      <span
        aria-hidden="true"
        className="order-last col-span-2 flex flex-col justify-center gap-0.5 @min-[480px]/desk:order-none @min-[480px]/desk:col-span-1"
      >
        <Bar value={before} most={most} className="bg-strong-line" />
        <Bar value={after} most={most} className="bg-brand-fill" />
      </span>
      <span className="numbers text-right text-[13px]">
        <span className="sr-only">{t`当时的规则：`}</span>
        {words(before)}
        {' → '}
        <span className="sr-only">{t`这份草稿：`}</span>
        <span className="font-medium">{words(after)}</span>
        <Verdict before={before} after={after} better={better} />
      </span>
    </li>
  )
}

function Bar({ value, most, className }: { readonly value: number | null; most: number; className: string }) {
  const share = value === null || most === 0 ? 0 : value / most
  return (
    <span className="block h-2 rounded-sm bg-sunken">
      <span className={`block h-full rounded-sm ${className}`} style={{ width: `${share * 100}%` }} />
    </span>
  )
}

/** In a word, beside the colour. */
function Verdict({ before, after, better }: Pick<Compared, 'before' | 'after' | 'better'>) {
  const { t } = useLingui()
  if (before === null || after === null || better === 'neither' || before === after) return null
  const isBetter = better === 'higher' ? after > before : after < before
  return <span className={`ml-1.5 text-xs ${isBetter ? 'text-good' : 'text-bad'}`}>{isBetter ? t`更好` : t`更差`}</span>
}
