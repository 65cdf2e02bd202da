/** A stream that may be a terminal. */
export type Screen = { readonly isTTY?: boolean; write(text: string): unknown }

const everyMs = 1_000
const eraseLine = '\r\u001b[K'

/** Says on a terminal that long work goes on, and for how long by now; the line is gone when it ends. Others read no such noise. */
export async function whileWaiting<T>(screen: Screen, what: string, work: () => Promise<T>): Promise<T> {
  if (screen.isTTY !== true) return work()
  let seconds = 0
  const timer = setInterval(() => screen.write(`${eraseLine}${what} … ${++seconds} s`), everyMs)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    if (seconds > 0) screen.write(eraseLine)
  }
}
