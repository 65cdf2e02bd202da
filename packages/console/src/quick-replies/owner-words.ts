import type { QuickReply, QuickReplyOwner } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'
import { useCallback } from 'react'
import { useLive } from '../live/use-live.ts'

/** Whose it is, as everybody calls them. */
export function useOwnerWords(): (owner: QuickReplyOwner) => string {
  const { t } = useLingui()
  const teams = useLive((live) => live.teams)
  return useCallback(
    (owner) => {
      switch (owner.kind) {
        case 'agent':
          return t`我的`
        case 'team':
          return teams.get(owner.teamId)?.name ?? owner.teamId
        case 'organization':
          return t`全组织`
        default:
          return owner satisfies never
      }
    },
    [t, teams],
  )
}

/** The first words of it, in one line. */
export function previewOf({ parts }: Pick<QuickReply, 'parts'>): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text.replaceAll(/\s+/g, ' ')] : [])).join(' · ')
}
