import { useQuery } from '@tanstack/react-query'
import { client } from '../live/client.ts'

export type Decision = Awaited<ReturnType<typeof client.decisions.get>>

/** A decision never changes, so it is read once. */
export function useDecision(decisionId: string) {
  return useQuery({
    queryKey: ['decision', decisionId],
    queryFn: () => client.decisions.get(decisionId),
    staleTime: Number.POSITIVE_INFINITY,
  })
}
