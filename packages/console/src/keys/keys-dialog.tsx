import { useLingui } from '@lingui/react/macro'
import { useMe } from '../live/use-live.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Keys } from '../ui/keys.tsx'
import { useActionWords } from './action-words.ts'
import { actionNames, actions } from './key-table.ts'

export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const words = useActionWords()
  const hasExample = useMe()?.organization.example ?? false
  const rows = [
    { name: 'enter', keys: 'Enter', text: t`发送` },
    { name: 'line', keys: 'Shift+Enter', text: t`换行` },
    { name: 'leave', keys: 'Esc', text: t`离开输入框，之后可用单个字母` },
    ...actionNames
      .filter((name) => name !== 'removeExample' || hasExample)
      .map((name) => ({ name, keys: actions[name].keys, text: words[name] })),
  ]
  return (
    <Dialog open onClose={onClose} title={t`快捷键`} wide>
      <ul
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is longer than the screen is scrolled by keyboard
        tabIndex={0}
        aria-label={t`快捷键`}
        className="-mx-2 grid gap-x-10 rounded-md px-2 -outline-offset-2 sm:grid-cols-2"
      >
        {rows.map(({ name, keys, text }) => (
          <li key={name} className="flex items-center justify-between gap-4 border-b border-line py-1.5 text-[13px]">
            {text}
            <Keys keys={keys} />
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
