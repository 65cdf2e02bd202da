import type { QuickReplyOwner } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'
import { useLive, useSelf } from '../live/use-live.ts'
import { Select } from '../ui/select.tsx'
import { useOwnerWords } from './owner-words.ts'
import { useMayKeep } from './use-may-keep.ts'

type Props = { readonly value: QuickReplyOwner; readonly onChange: (owner: QuickReplyOwner) => void }

/** For whom it is: oneself, and where one may, a team or everybody. */
export function OwnerField({ value, onChange }: Props) {
  const { t } = useLingui()
  const wordsOf = useOwnerWords()
  const mayKeep = useMayKeep()
  const selfId = useSelf()?.id
  const teams = useLive((live) => live.teams)
  const owners: QuickReplyOwner[] = [
    ...(selfId === undefined ? [] : [{ kind: 'agent' as const, agentId: selfId }]),
    ...Array.from(teams.keys(), (teamId) => ({ kind: 'team' as const, teamId })),
    { kind: 'organization' as const },
  ]
  const choices = owners.filter(mayKeep).map((owner) => ({ owner, value: keyOf(owner), label: wordsOf(owner) }))
  return (
    <div className="flex flex-col gap-1">
      <span className="text-[13px] text-text-2" aria-hidden="true">
        {t`谁可以使用`}
      </span>
      <Select
        label={t`谁可以使用`}
        value={keyOf(value)}
        choices={choices}
        onChange={(next) => {
          const chosen = choices.find((choice) => choice.value === next)
          if (chosen !== undefined) onChange(chosen.owner)
        }}
      />
    </div>
  )
}

export function useFirstOwner(): QuickReplyOwner {
  const selfId = useSelf()?.id
  return selfId === undefined ? { kind: 'organization' } : { kind: 'agent', agentId: selfId }
}

function keyOf(owner: QuickReplyOwner): string {
  switch (owner.kind) {
    case 'agent':
      return `agent:${owner.agentId}`
    case 'team':
      return `team:${owner.teamId}`
    case 'organization':
      return 'organization'
    default:
      return owner satisfies never
  }
}
