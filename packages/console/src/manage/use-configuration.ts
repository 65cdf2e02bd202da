import type { ConfigurationChange, ConfigurationDocument } from '@duoke/contract'
import { DuokeError } from '@duoke/sdk'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { client } from '../live/client.ts'
import { readAgents, readTeams } from '../live/follow.ts'
import { useMe } from '../live/use-live.ts'

export function useConfiguration() {
  return useQuery({ queryKey: ['configuration'], queryFn: () => client.configuration.get(), staleTime: 0 })
}

type Part = Pick<ConfigurationDocument, 'accounts' | 'teams' | 'agents'>
type How = { readonly dryRun?: boolean }

/** Applies a part of the configuration: what it does not name stays as it is. */
export function useApplyPart(): (part: Part, how?: How) => Promise<readonly ConfigurationChange[]> {
  const organization = useMe()?.organization
  const refresh = useRefresh()
  return useCallback(
    async (part, { dryRun = false } = {}) => {
      const { id = '', name = '' } = organization ?? {}
      const document = { version: 1 as const, organization: { id, name }, ...part }
      const { changes } = await client.configuration.apply({ document, dryRun })
      if (!dryRun) await refresh()
      return changes
    },
    [organization, refresh],
  )
}

/** After a change of the configuration everything that shows it is asked for anew. */
export function useRefresh(): () => Promise<void> {
  const queries = useQueryClient()
  return useCallback(async () => {
    await Promise.all([readAgents(), readTeams()])
    for (const queryKey of [['configuration'], ['accounts'], ['apps'], ['rules'], ['tokens']]) {
      await queries.invalidateQueries({ queryKey })
    }
  }, [queries])
}

/** The fields that the server names in a refusal. */
export function fieldErrors(error: unknown): readonly { readonly path: string; readonly message: string }[] {
  return error instanceof DuokeError ? (error.problem?.errors ?? []) : []
}
