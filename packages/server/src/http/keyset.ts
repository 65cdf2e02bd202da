import { Refused } from './refused.ts'

/** Where a page ended: the values it is ordered by, and the id that makes them unique. Opaque to clients. */
export type Keyset = { readonly at: number; readonly id: string }

export function writeKeyset({ at, id }: Keyset): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url')
}

export function readKeyset(text: string | undefined): Keyset | null {
  if (text === undefined) return null
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    value = null
  }
  const [at, id]: unknown[] = Array.isArray(value) ? value : []
  if (typeof at !== 'number' || !Number.isFinite(at) || typeof id !== 'string' || !/^[A-Za-z0-9_-]{0,80}$/.test(id)) {
    throw new Refused('invalid_request', { errors: [{ path: '/query/after', message: 'was not made by this list' }] })
  }
  return { at, id }
}

export type PageOf<T> = { items: T[]; next: string | null }

/** Cuts the row read beyond the page, which only tells whether there is a next one. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => T,
  keyOf: (row: Row) => Keyset,
): PageOf<T> {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  return { items: kept.map(item), next: rows.length > limit && last !== undefined ? writeKeyset(keyOf(last)) : null }
}

export const defaultLimit = 50
