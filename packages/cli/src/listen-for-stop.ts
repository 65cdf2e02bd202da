/** A wish to stop, from the moment a command begins: also one that comes while it is still starting is heard. */
export type Stop = Disposable & {
  readonly signal: AbortSignal
  /** Resolves at Ctrl-C, SIGTERM or SIGHUP, or, for a child that was told to, when its parent is gone. */
  readonly asked: Promise<void>
}

/**
 * In a terminal one Ctrl-C can reach us several times: from the terminal, from npm, and from the Node that handed over
 * to this one. What follows within this time is the same wish; a later one ends the process at once.
 */
const sameWishMs = 1000

export function listenForStop(): Stop {
  const controller = new AbortController()
  let firstAtMs: number | null = null
  const { promise, resolve } = Promise.withResolvers<void>()
  // An open input would keep the process alive, also one that failed.
  const letGo = () => void process.stdin.destroy()
  const stop = () => {
    controller.abort()
    letGo()
    resolve()
  }
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(signal, () => {
      firstAtMs ??= performance.now()
      if (performance.now() - firstAtMs > sameWishMs) process.exit(exitCode)
      stop()
    })
  }
  if (process.env.DUOKE_SIMULATE_WITH_PARENT === '1') {
    process.stdin.resume()
    process.stdin.once('end', stop)
    process.stdin.once('error', stop)
  }
  return { signal: controller.signal, asked: promise, [Symbol.dispose]: letGo }
}
