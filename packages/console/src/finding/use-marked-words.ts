import { marksIn } from '@duoke/domain'
import { type RefObject, useEffect } from 'react'

const name = 'found'
const look = `::highlight(${name}) { background-color: var(--found); color: var(--found-text); }`

let hasLook = false
/** Here and not with the other styles: who never searches does not load it, and the builder of those does not know it. */
function giveLook(): void {
  if (hasLook) return
  hasLook = true
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(look)
  document.adoptedStyleSheets.push(sheet)
}

/**
 * Marks words in the thread beside which an element stands. The browser paints the marks; nothing that React has drawn is
 * changed, and the first load carries none of it. A browser that knows no such marks shows none.
 */
export function useMarkedWords(beside: RefObject<HTMLElement | null>, words: readonly string[]): void {
  useEffect(() => {
    const pane = beside.current?.closest('section')
    if (pane == null || words.length === 0 || !('highlights' in CSS)) return
    giveLook()
    let frame = 0
    const mark = () => {
      frame = 0
      CSS.highlights.set(name, new Highlight(...rangesIn(pane, words)))
    }
    const observer = new MutationObserver(() => {
      frame ||= requestAnimationFrame(mark)
    })
    observer.observe(pane, { childList: true, subtree: true, characterData: true })
    mark()
    return () => {
      observer.disconnect()
      cancelAnimationFrame(frame)
      CSS.highlights.delete(name)
    }
  }, [beside, words])
}

function rangesIn(pane: Element, words: readonly string[]): Range[] {
  const log = pane.querySelector('[role="log"]')
  if (log === null) return []
  const ranges: Range[] = []
  const texts = document.createTreeWalker(log, NodeFilter.SHOW_TEXT)
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    for (const { from, to } of marksIn(node.nodeValue ?? '', words)) {
      const range = new Range()
      range.setStart(node, from)
      range.setEnd(node, to)
      ranges.push(range)
    }
  }
  return ranges
}
