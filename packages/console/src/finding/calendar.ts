export type CalendarDay = { readonly day: string; readonly number: number }

const dayMs = 86_400_000

/** The weeks of a month, Monday first; null where a day belongs to another month. `month`: `2026-11`. */
export function weeksOf(month: string): (CalendarDay | null)[][] {
  const firstMs = Date.parse(`${month}-01T00:00:00Z`)
  const ahead = (new Date(firstMs).getUTCDay() + 6) % 7
  const cells: (CalendarDay | null)[] = Array.from({ length: ahead }, () => null)
  for (let ms = firstMs; ; ms += dayMs) {
    const day = new Date(ms).toISOString().slice(0, 10)
    if (!day.startsWith(month)) break
    cells.push({ day, number: Number(day.slice(8)) })
  }
  while (cells.length % 7 > 0) cells.push(null)
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7))
}

export function monthAfter(month: string, by: 1 | -1): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + by)).toISOString().slice(0, 7)
}
