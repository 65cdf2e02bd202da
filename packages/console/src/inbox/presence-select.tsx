import type { AgentStatus } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { Check, ChevronDown } from 'lucide-react'
import { useAct } from '../i18n/failure-words.ts'
import { setPresence } from '../live/acting.ts'
import { useCounts, useSelf } from '../live/use-live.ts'
import { Popover } from '../ui/popover.tsx'
import { StatusDot } from '../ui/status-dot.tsx'

export function useStatusWords(): Record<AgentStatus, string> {
  const { t } = useLingui()
  return { online: t`在线`, away: t`离开`, offline: t`离线` }
}

export function PresenceSelect() {
  const { t } = useLingui()
  const self = useSelf()
  const { mine } = useCounts()
  if (self === undefined) {
    return (
      <p className="text-[13px] text-text-2">
        <Trans>管理令牌，不接待客户</Trans>
      </p>
    )
  }
  return (
    <div className="flex items-center gap-2">
      <StatusPopover status={self.status} />
      <span className="numbers text-[13px] text-text-3" title={t`接待中的会话 / 上限`}>
        {mine}/{self.capacity}
      </span>
    </div>
  )
}

const statuses = ['online', 'away', 'offline'] as const

function StatusPopover({ status }: { readonly status: AgentStatus }) {
  const { t } = useLingui()
  const act = useAct()
  const words = useStatusWords()
  return (
    <Popover
      label={t`我的状态`}
      triggerLabel={t`我的状态：${words[status]}`}
      triggerClass="inline-flex h-8 items-center gap-2 rounded-md border border-line bg-panel px-2 text-[13px] hover:bg-hover"
      className="w-36 rounded-lg p-1"
      trigger={
        <>
          <StatusDot status={status} />
          {words[status]}
          <ChevronDown className="size-3.5 text-text-3" aria-hidden="true" />
        </>
      }
    >
      {(close) =>
        statuses.map((value) => (
          <button
            key={value}
            type="button"
            aria-pressed={value === status}
            className="flex h-8 w-full items-center gap-2 rounded-md px-2 text-[13px] hover:bg-hover"
            onClick={() => {
              close()
              void act(setPresence(value))
            }}
          >
            <StatusDot status={value} />
            <span className="grow text-left">{words[value]}</span>
            {value === status ? <Check className="size-4 text-brand" aria-hidden="true" /> : null}
          </button>
        ))
      }
    </Popover>
  )
}
