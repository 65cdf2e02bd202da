import { useQuery } from '@tanstack/react-query'
import { client } from '../live/client.ts'
import { useMe } from '../live/use-live.ts'
import { safeUrl } from '../thread/safe-links.ts'

/** Where the example's phone is: `undefined` while asking, `null` when there is none. */
export function usePhoneUrl(): string | null | undefined {
  const example = useMe()?.organization.example ?? false
  const { data, isError } = useQuery({
    queryKey: ['example'],
    queryFn: () => client.example.get(),
    enabled: example,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (!example || isError) return null
  return data === undefined ? undefined : embeddable(data.phoneUrl)
}

function embeddable(phoneUrl: string | null): string | null {
  const safe = phoneUrl === null ? undefined : safeUrl(phoneUrl)
  if (safe === undefined) return null
  const url = new URL(safe)
  url.searchParams.set('embed', '1')
  return url.href
}
