import {
  countRecordRows,
  type RecordRow,
  type RecordSelection,
  readRecordRows,
} from '../../conversation/record-rows.ts'
import type { Transaction } from '../../database/client.ts'

/** Where pages of the record begin, by `pageName`: whoever turns page after page is not counted for from the first again. */
export type PageMemory = {
  get(name: string): number | undefined
  set(name: string, after: number): void
}

const mostPages = 10_000
const rowsAtOnce = 1000
/** Positions that one statement looks at: in a day of a million events an account may have ten. */
const positionsAtOnce = 20_000

export function createPageMemory(): PageMemory {
  const known = new Map<string, number>()
  return {
    get: (name) => known.get(name),
    set(name, after) {
      known.delete(name)
      known.set(name, after)
      if (known.size > mostPages) known.delete(known.keys().next().value ?? '')
    },
  }
}

export function pageName(range: Range, pagesize: number, pageindex: number): string {
  const { organizationId, accountId, openid = null, fromMs, toMs } = range
  return JSON.stringify([organizationId, accountId, openid, fromMs, toMs, pagesize, pageindex])
}

type Range = {
  readonly organizationId: string
  readonly accountId: string
  readonly openid?: string | undefined
  readonly fromMs: number
  readonly toMs: number
}

type Selection = Omit<RecordSelection, 'limit'>

/** The next lines behind `after`, as many as wanted, a bounded part of the log at a time. */
export async function* takeLines(
  tx: Transaction,
  org: string,
  selection: Selection,
  wanted: number,
): AsyncGenerator<readonly RecordRow[]> {
  let left = wanted
  for (let { after } = selection; left > 0 && after + 1 < selection.before; ) {
    const before = endOfPart(selection, after)
    const limit = Math.min(rowsAtOnce, left)
    const rows = await readRecordRows(tx, org, { ...selection, after, before, limit })
    yield rows
    left -= rows.length
    after = rows.length < limit ? before - 1 : (rows.at(-1)?.event.position ?? before - 1)
  }
}

/** Behind which position so many lines have been passed over; null when there are not so many. */
export async function skipLines(
  tx: Transaction,
  org: string,
  selection: Selection,
  lines: number,
): Promise<number | null> {
  let { after } = selection
  for (let left = lines; left > 0 && after + 1 < selection.before; ) {
    const before = endOfPart(selection, after)
    const { count, last } = await countRecordRows(tx, org, { ...selection, after, before, limit: left })
    if (count === left) return last
    left -= count
    after = before - 1
  }
  return null
}

/** Of one conversation the index knows the lines. */
function endOfPart({ before, conversationId }: Selection, after: number): number {
  return conversationId === undefined ? Math.min(before, after + 1 + positionsAtOnce) : before
}
