import type { AgentStatus } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { Check, ChevronDown } from 'lucide-react'
import { useAct } from '../i18n/failure-words.ts'
import { setPresence } from '../live/acting.ts'
import { useCounts, useSelf } from '../live/use-live.ts'
import { useIsReasonNeeded, useReasonLabel, useReasons } from '../live/use-reasons.ts'
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
      <StatusPopover status={self.status} reason={self.statusReason} />
      <span className="numbers text-[13px] text-text-3" title={t`接待中的会话 / 上限`}>
        {mine}/{self.capacity}
      </span>
    </div>
  )
}

type StatusChoice = { readonly status: AgentStatus; readonly reason?: string; readonly label: string }

/** Being away comes once for each of the organization's reasons, and without one where none is needed. */
function useStatusChoices(): readonly StatusChoice[] {
  const words = useStatusWords()
  const reasons = useReasons('away')
  const isNeeded = useIsReasonNeeded('away') && reasons.length > 0
  const away = { status: 'away', label: words.away } as const
  return [
    { status: 'online', label: words.online },
    ...(isNeeded ? [] : [away]),
    ...reasons.map(({ code, label }) => ({ status: 'away', reason: code, label: `${words.away}：${label}` }) as const),
    { status: 'offline', label: words.offline },
  ]
}

function StatusPopover({ status, reason }: { readonly status: AgentStatus; readonly reason: string | undefined }) {
  const { t } = useLingui()
  const act = useAct()
  const words = useStatusWords()
  const choices = useStatusChoices()
  const why = useReasonLabel(reason)
  const shown = why === undefined ? words[status] : `${words[status]}：${why}`
  return (
    <Popover
      label={t`我的状态`}
      triggerLabel={t`我的状态：${shown}`}
      triggerClass="inline-flex h-8 items-center gap-2 rounded-md border border-line bg-panel px-2 text-[13px] hover:bg-hover"
      className="w-44 rounded-lg p-1"
      trigger={
        <>
          <StatusDot status={status} />
          {shown}
          <ChevronDown className="size-3.5 text-text-3" aria-hidden="true" />
        </>
      }
    >
      {(close) =>
        choices.map((choice) => (
          <button
            key={`${choice.status} ${choice.reason ?? ''}`}
            type="button"
            aria-pressed={choice.status === status && choice.reason === reason}
            className="flex h-8 w-full items-center gap-2 rounded-md px-2 text-[13px] hover:bg-hover"
            onClick={() => {
              close()
              void act(setPresence(choice.status, choice.reason))
            }}
          >
            <StatusDot status={choice.status} />
            <span className="grow truncate text-left">{choice.label}</span>
            {choice.status === status && choice.reason === reason ? (
              <Check className="size-4 text-brand" aria-hidden="true" />
            ) : null}
          </button>
        ))
      }
    </Popover>
  )
}
