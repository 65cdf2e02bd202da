import type { AgentStatus } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { useStatusWords } from '../inbox/presence-select.tsx'
import { ReasonField } from '../inbox/reason-field.tsx'
import { client } from '../live/client.ts'
import { putAgents } from '../live/live-store.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Select } from '../ui/select.tsx'
import type { AgentFigures } from './alarms.ts'

const statuses = ['online', 'away', 'offline'] as const
/** As long as a rush or a training lasts; the configured capacity comes back by itself. */
const capacityLastsMs = 3_600_000

type Props = { readonly agent: AgentFigures; readonly name: string; readonly onClose: () => void }

/** A supervisor changes what an agent is to the queue: the status, and how much for the next hour. */
export function AgentControlDialog({ agent, name, onClose }: Props) {
  const { t } = useLingui()
  const act = useAct()
  const words = useStatusWords()
  const [status, setStatus] = useState<AgentStatus>(agent.status)
  const [capacity, setCapacity] = useState(String(agent.capacity))
  const [reason, setReason] = useState<string>()
  const why = reason === undefined ? {} : { reason }
  const save = async () => {
    const changed: Promise<unknown>[] = []
    if (status !== agent.status) {
      changed.push(client.agents.setStatus(agent.agentId, { status, ...why }).then((one) => putAgents([one])))
    }
    if (Number(capacity) !== agent.capacity) {
      const body = { capacity: Number(capacity), ttlMs: capacityLastsMs }
      changed.push(client.agents.setCapacity(agent.agentId, body).then((one) => putAgents([one])))
    }
    if (await act(Promise.all(changed))) onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`调整 ${name}`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={!/^\d{1,3}$/.test(capacity)} onClick={() => void save()}>
            <Trans>保存</Trans>
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Select
          label={t`状态`}
          value={status}
          choices={statuses.map((value) => ({ value, label: words[value] }))}
          onChange={setStatus}
        />
        {status === 'away' ? <ReasonField use="away" value={reason} onChange={setReason} /> : null}
        <label className="flex flex-col gap-1 text-[13px] text-text-2">
          <Trans>接下来一小时的接待上限</Trans>
          <input
            type="number"
            min={0}
            max={999}
            value={capacity}
            onChange={(event) => setCapacity(event.currentTarget.value)}
            className="h-9 w-28 rounded-md border border-strong-line bg-panel px-3 text-text"
          />
        </label>
      </div>
    </Dialog>
  )
}
