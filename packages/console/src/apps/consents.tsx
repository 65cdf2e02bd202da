import type { AppConsent } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useFailureWords } from '../i18n/failure-words.ts'
import { fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { useLive } from '../live/use-live.ts'
import { Waiting } from '../ui/empty.tsx'

/** Who granted the app what, and when: newest first. */
export function Consents({ appId }: { readonly appId: string }) {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const { data, error } = useQuery({
    queryKey: ['apps', appId, 'consents'],
    queryFn: async () => (await client.apps.consents(appId, { limit: 50 })).items,
  })
  if (error !== null) return <p className="text-[13px] text-bad">{wordsOf(error).sentence}</p>
  if (data === undefined) return <Waiting label={t`正在读取`} />
  return (
    <ol className="flex flex-col gap-2 text-[13px] text-text-2">
      {data.map((consent) => (
        <ConsentLine key={consent.position} consent={consent} />
      ))}
    </ol>
  )
}

function ConsentLine({ consent }: { readonly consent: AppConsent }) {
  const { t } = useLingui()
  const locale = useLocale()
  const agents = useLive((live) => live.agents)
  const { at, by, granted, withdrawn, attached, detached } = consent
  const who =
    by.kind === 'agent'
      ? (agents.get(by.agentId)?.nickname ?? by.agentId)
      : by.kind === 'operator'
        ? t`运维人员`
        : by.kind
  const changes: [string, readonly string[]][] = [
    [t`授予`, granted],
    [t`收回`, withdrawn],
    [t`接入公众号`, attached],
    [t`断开公众号`, detached],
  ]
  return (
    <li>
      <span className="numbers text-text-3">{fullTime(Date.parse(at), locale)}</span>
      <span className="ml-2">{who}</span>
      {changes.map(([word, what]) =>
        what.length === 0 ? null : (
          <span key={word} className="block break-words">
            {word}
            <span className="ml-2 font-mono text-xs">{what.join(' ')}</span>
          </span>
        ),
      )}
    </li>
  )
}
