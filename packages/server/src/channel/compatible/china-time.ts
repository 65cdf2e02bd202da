/** WeChat counts its days and months in China (protocol reference, section 4.2). */
const offsetMs = 8 * 3_600_000

export function chinaDay(atMs: number): string {
  return new Date(atMs + offsetMs).toISOString().slice(0, 10)
}

export function chinaMonth(atMs: number): string {
  return chinaDay(atMs).slice(0, 7)
}
