import { yaml } from '@codemirror/lang-yaml'
import { unifiedMergeView } from '@codemirror/merge'
import { EditorState } from '@codemirror/state'
import { EditorView, lineNumbers } from '@codemirror/view'
import { useLingui } from '@lingui/react/macro'
import { codeLook } from './code-theme.ts'
import { useEditor } from './use-editor.ts'

type Props = { readonly label: string; readonly before: string; readonly after: string }

/** What changed from one text to the other, line by line; what is equal is folded. */
export function CodeDiff({ label, before, after }: Props) {
  const { t } = useLingui()
  const { host } = useEditor(() => ({
    doc: after,
    extensions: [
      ...[lineNumbers(), yaml(), codeLook, EditorView.lineWrapping],
      unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 6 } }),
      EditorState.readOnly.of(true),
      EditorState.phrases.of({ '$ unchanged lines': t`$ 行没有变化` }),
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    ],
  }))
  return <div ref={host} className="max-h-[50dvh] min-h-24 overflow-auto rounded-md border border-line" />
}
