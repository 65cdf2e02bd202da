import { useLingui } from '@lingui/react/macro'
import { useMemo } from 'react'
import { useLocation } from 'wouter'
import { useAct } from '../i18n/failure-words.ts'
import { prefer } from '../i18n/preferences.ts'
import { setPresence } from '../live/acting.ts'
import { useRows } from '../live/use-live.ts'
import { type Command, CommandList } from '../ui/command-list.tsx'
import { Overlay } from '../ui/overlay.tsx'
import { useActionWords } from './action-words.ts'
import { type Action, actions } from './key-table.ts'
import { useDeskActions } from './use-desk-actions.ts'

/** The verbs that make sense from a list; the others are keys for moving about. */
const offered: readonly Action[] = [
  'takeNext',
  'decline',
  'park',
  'hand',
  'supervise',
  'transfer',
  'end',
  'takeLeft',
  'resolveLeft',
  'why',
  'note',
  'mentions',
  'find',
  'searchAll',
  'goToDate',
  'write',
  'keys',
]

export function Palette({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const commands = useCommands()
  const choose = (command: Command) => {
    onClose()
    // The dialog gives the focus back first; then the command may take it.
    setTimeout(command.run)
  }
  return (
    <Overlay
      label={t`命令面板`}
      onClose={onClose}
      backdropClass="bg-shade"
      className="top-[12vh] left-1/2 w-[min(560px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden rounded-xl bg-panel shadow-raised"
    >
      <CommandList
        commands={commands}
        onChoose={choose}
        inputLabel={t`搜索命令或客户`}
        listLabel={t`命令`}
        nothing={t`没有找到`}
      />
    </Overlay>
  )
}

function useCommands(): Command[] {
  const { t } = useLingui()
  const words = useActionWords()
  const { run, open } = useDeskActions()
  const [, navigate] = useLocation()
  const act = useAct()
  const rows = useRows('all')
  return useMemo(() => {
    const go = (id: string, label: string, to: string): Command => ({ id, label, run: () => navigate(to) })
    return [
      ...offered.map((name) => ({ id: name, label: words[name], keys: actions[name].keys, run: () => run(name) })),
      { id: 'online', label: t`切换为在线`, run: () => void act(setPresence('online')) },
      { id: 'away', label: t`切换为离开`, run: () => void act(setPresence('away')) },
      { id: 'offline', label: t`切换为离线`, run: () => void act(setPresence('offline')) },
      go('inbox', t`打开对话`, '/'),
      go('agents', t`打开客服列表`, '/agents'),
      go('accounts', t`打开公众号`, '/accounts'),
      go('quick-replies', t`打开快捷回复`, '/quick-replies'),
      go('rules', t`打开分配规则`, '/rules'),
      go('decisions', t`打开分配记录`, '/decisions'),
      go('me', t`打开我的设置`, '/me'),
      { id: 'light', label: t`浅色外观`, run: () => prefer({ theme: 'light' }) },
      { id: 'dark', label: t`深色外观`, run: () => prefer({ theme: 'dark' }) },
      { id: 'en', label: 'English', run: () => prefer({ locale: 'en' }) },
      { id: 'zh', label: '中文', run: () => prefer({ locale: 'zh-CN' }) },
      ...rows.slice(0, 200).map(({ id, customer, account }) => ({
        id,
        label: `${customer.name} · ${account.name}`,
        run: () => open(id),
      })),
    ]
  }, [t, words, run, open, navigate, act, rows])
}
