import type { QuickReply } from '@duoke/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { client } from '../live/client.ts'
import { type FoundBy, indexOf } from './find-replies.ts'

const key = ['quick-replies']
const freshMs = 60_000
const nothing: readonly QuickReply[] = []

async function readAll(): Promise<readonly QuickReply[]> {
  const all: QuickReply[] = []
  for await (const reply of client.quickReplies.list({ limit: 1000 })) all.push(reply)
  return all
}

export function useQuickReplies() {
  const { data, error } = useQuery({ queryKey: key, queryFn: readAll, staleTime: freshMs, refetchOnWindowFocus: true })
  return { replies: data ?? nothing, isLoading: data === undefined && error === null, error }
}

export function useReplyIndex(): readonly FoundBy[] {
  const { replies } = useQuickReplies()
  return useMemo(() => indexOf(replies), [replies])
}

export function useReadAgain(): () => Promise<void> {
  const queries = useQueryClient()
  return () => queries.invalidateQueries({ queryKey: key })
}
