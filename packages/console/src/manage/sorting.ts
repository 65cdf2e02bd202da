export type Sorting = { readonly by: string; readonly isDescending: boolean }
/** What a column puts rows in order by. */
export type Order<Row> = (row: Row) => number | string

/** A second click on the same column turns it round. Figures begin with the highest, words with the first. */
export function sortedBy({ by, isDescending }: Sorting, column: string, isNumber: boolean): Sorting {
  return { by: column, isDescending: by === column ? !isDescending : isNumber }
}

/** Equal ones stay in the order of their keys, so that rows do not change places by themselves. */
export function inOrder<Row>(
  rows: readonly Row[],
  order: Order<Row>,
  keyOf: (row: Row) => string,
  isDescending: boolean,
): Row[] {
  return rows.toSorted((left, right) => {
    const [a, b] = [order(left), order(right)]
    if (a !== b) return (a < b ? -1 : 1) * (isDescending ? -1 : 1)
    return keyOf(left) < keyOf(right) ? -1 : 1
  })
}
