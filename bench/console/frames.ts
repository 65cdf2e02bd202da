import type { Desk } from './desk.ts'

/** Frames a second that the page drew meanwhile. */
export async function framesWhile({ page }: Desk, act: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    window.frameLengths = []
  })
  await act()
  const lengths = await page.evaluate(() => window.frameLengths)
  const totalMs = lengths.reduce((sum, length) => sum + length, 0)
  return totalMs === 0 ? 0 : (lengths.length * 1_000) / totalMs
}
