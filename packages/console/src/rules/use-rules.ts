import type { PublishedRules, RulesDocument } from '@duoke/contract'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { stringify } from 'yaml'
import { client } from '../live/client.ts'

const pageSize = 20
const settledMs = 400
/** Others publish, approve and override too. */
const refreshMs = 15_000

export const textOf = (document: RulesDocument): string => stringify(document, { lineWidth: 0 })

export function useRules() {
  return useQuery({ queryKey: ['rules'], queryFn: () => client.rules.get(), staleTime: 0, refetchInterval: refreshMs })
}

export function useVersions() {
  return useInfiniteQuery({
    queryKey: ['rules', 'versions'],
    queryFn: ({ pageParam }) => client.rules.versions({ limit: pageSize, ...(pageParam && { after: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  })
}

/** A published version never changes. */
export function useVersion(version: number | undefined) {
  return useQuery<PublishedRules>({
    queryKey: ['rules', 'version', version],
    queryFn: () => client.rules.version(String(version)),
    enabled: version !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** What is wrong or doubtful in a text, asked for when the writing rests. */
export function useFindings(text: string | undefined) {
  const settled = useSettled(text)
  const { data, error, isFetching } = useQuery({
    queryKey: ['rules', 'validate', settled],
    queryFn: () => client.rules.validate({ text: settled ?? '' }),
    enabled: settled !== undefined,
    placeholderData: (before) => before,
  })
  return { checked: data, error, isChecking: isFetching || settled !== text }
}

function useSettled(text: string | undefined): string | undefined {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), settledMs)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
