import type { Page } from 'playwright-core'

declare global {
  interface Window {
    /** Milliseconds from the key press to the frame that was waited for. */
    paintedAfter: Promise<number>
  }
}

/**
 * Presses a key and tells the milliseconds until a frame was painted with an element of that selector, which does not say
 * `gone` any more.
 */
export async function paintedAfterKey(page: Page, key: string, wanted: string, gone = ''): Promise<number> {
  await page.evaluate(watch, [wanted, gone] as const)
  await page.keyboard.press(key)
  return page.evaluate(() => window.paintedAfter)
}

/** Runs in the page. The listener must be there before the key is pressed: keys take another road into the page. */
function watch([wanted, gone]: readonly [string, string]): void {
  const { promise, resolve } = Promise.withResolvers<number>()
  window.paintedAfter = promise
  const isThere = () => {
    const text = document.querySelector(wanted)?.textContent
    return text !== undefined && (gone === '' || !text.includes(gone))
  }
  const lookFrom = (pressedAt: number) => {
    const look = () => {
      if (!isThere()) {
        requestAnimationFrame(look)
        return
      }
      // A task behind the frame's callbacks: by then it is painted.
      const channel = new MessageChannel()
      channel.port1.onmessage = () => resolve(performance.now() - pressedAt)
      channel.port2.postMessage(null)
    }
    requestAnimationFrame(look)
  }
  addEventListener('keydown', ({ timeStamp }) => lookFrom(timeStamp), { capture: true, once: true })
}
