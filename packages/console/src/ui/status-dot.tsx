import type { AgentStatus } from '@duoke/contract'

/** Shape as well as colour: full, half, empty. The word stands beside it. */
const shapes: Record<AgentStatus, string> = {
  online: 'bg-good-dot border-good-dot',
  away: 'border-warn-dot bg-linear-to-r from-warn-dot from-50% to-transparent to-50%',
  offline: 'border-strong-line',
}

export function StatusDot({ status }: { readonly status: AgentStatus }) {
  return (
    <span aria-hidden="true" className={`inline-block size-2.5 shrink-0 rounded-full border-2 ${shapes[status]}`} />
  )
}
