/** How unequal the values are: 0 all the same, towards 1 one has everything; null of nothing to share. */
export function giniOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((left, right) => left - right)
  const total = sorted.reduce((sum, value) => sum + value, 0)
  if (total === 0) return null
  const weighted = sorted.reduce((sum, value, at) => sum + (2 * (at + 1) - sorted.length - 1) * value, 0)
  return weighted / (sorted.length * total)
}
