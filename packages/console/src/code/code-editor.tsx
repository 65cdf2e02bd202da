import { autocompletion, type CompletionSource, closeBrackets, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language'
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { codeLook } from './code-theme.ts'
import { useEditor } from './use-editor.ts'

export type CodeFinding = {
  readonly severity: 'error' | 'warning'
  /** From 1; without a line it concerns the whole. */
  readonly line: number | null
  readonly column: number | null
  readonly message: string
}

type Props = {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly findings?: readonly CodeFinding[]
  readonly complete?: CompletionSource
  readonly readOnly?: boolean
}

/** YAML with line numbers, completion and findings at their lines. Tab moves on, as everywhere on the page. */
export function CodeEditor({ label, value, onChange, findings = [], complete, readOnly = false }: Props) {
  const told = useRef(onChange)
  told.current = onChange
  const completing = useRef(complete)
  completing.current = complete
  const { host, view } = useEditor(() => ({
    doc: value,
    extensions: [
      ...[lineNumbers(), highlightActiveLineGutter(), foldGutter(), lintGutter(), history(), drawSelection()],
      ...[indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(), yaml(), codeLook],
      autocompletion({ override: [(context) => completing.current?.(context) ?? null], icons: false }),
      keymap.of([...completionKeymap, ...lintKeymap, ...foldKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorState.readOnly.of(readOnly),
      EditorState.tabSize.of(2),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      EditorView.domEventHandlers({ beforeinput: replaceLines }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) told.current(update.state.doc.toString())
      }),
    ],
  }))
  useEffect(() => {
    const editor = view.current
    if (editor === null || editor.state.doc.toString() === value) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value, view])
  useEffect(() => {
    const editor = view.current
    if (editor !== null) editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(editor.state, findings)))
  }, [findings, view])
  return <div ref={host} className="h-full min-h-0 overflow-hidden" />
}

/**
 * Typing over several lines: left to itself, Chromium joins what remains with inline styles, which the page's policy
 * reports.
 */
function replaceLines(event: InputEvent, view: EditorView): boolean {
  const { main } = view.state.selection
  const isOverLines = view.state.doc.lineAt(main.from).number !== view.state.doc.lineAt(main.to).number
  if (event.inputType !== 'insertText' || event.data === null || view.composing || !isOverLines) return false
  view.dispatch(view.state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true })
  event.preventDefault()
  return true
}

function diagnosticsOf({ doc }: EditorState, findings: readonly CodeFinding[]): Diagnostic[] {
  return findings.flatMap(({ severity, line, column, message }) => {
    if (line === null || line > doc.lines) return []
    const place = doc.line(line)
    const from = Math.min(place.to, place.from + Math.max(0, (column ?? 1) - 1))
    return [{ from, to: Math.max(from, place.to), severity, message }]
  })
}
