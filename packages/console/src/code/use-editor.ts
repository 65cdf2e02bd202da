import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { type RefObject, useEffect, useRef } from 'react'

/**
 * An editor in a shadow root: there it brings its styles as a constructed sheet, and the page's policy, which allows no
 * style elements, stays as it is.
 */
export function useEditor(make: () => { doc: string; extensions: Extension }): {
  host: RefObject<HTMLDivElement | null>
  view: RefObject<EditorView | null>
} {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const first = useRef(make)
  useEffect(() => {
    const element = host.current
    if (element === null) return
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
    view.current = new EditorView({ ...first.current(), parent: root, root })
    return () => view.current?.destroy()
  }, [])
  return { host, view }
}
