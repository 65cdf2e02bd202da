// What is installed in the page: it notes the moment in which each message was painted, and the pace of frames. It only looks.

/** Messages carry a mark of this form, so that each is known wherever it is shown. */
export const markOf = (sequence: number): string => `#${String(sequence).padStart(6, '0')}`

declare global {
  interface Window {
    /** Moments in milliseconds since 1970, by mark. */
    paintedAt: Map<string, number>
    /** Lengths of the frames since it was last emptied, ms. */
    frameLengths: number[]
  }
}

/** Runs in the page before its own scripts, so it can use nothing from this file. */
export function installProbe(): void {
  window.paintedAt = new Map()
  window.frameLengths = []
  const now = () => performance.timeOrigin + performance.now()
  let fresh: string[] = []
  const note = (node: Node) => {
    for (const mark of node.textContent?.match(/#\d{6}/g) ?? []) if (!window.paintedAt.has(mark)) fresh.push(mark)
  }
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === 'characterData') note(target)
      for (const added of addedNodes) note(added)
    }
    if (fresh.length === 0) return
    const marks = fresh
    fresh = []
    // The frame of this change is painted before the task behind the next one's callback.
    requestAnimationFrame(() => {
      const channel = new MessageChannel()
      channel.port1.onmessage = () => {
        for (const mark of marks) if (!window.paintedAt.has(mark)) window.paintedAt.set(mark, now())
      }
      channel.port2.postMessage(null)
    })
  }).observe(document, { subtree: true, childList: true, characterData: true })
  let last: number | undefined
  const frame = (at: number) => {
    if (last !== undefined) window.frameLengths.push(at - last)
    last = at
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
}
