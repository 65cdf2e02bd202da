import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useAct } from '../i18n/failure-words.ts'
import { fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/page.tsx'
import { deviceNameOf } from './device-name.ts'

const key = ['sign-ins']

export function SignInsPanel() {
  const { t } = useLingui()
  const act = useAct()
  const locale = useLocale()
  const queries = useQueryClient()
  const { data } = useQuery({ queryKey: key, queryFn: async () => (await client.me.signIns({ limit: 100 })).items })
  const endOne = async (id: string) => {
    await act(client.me.endSignIn(id))
    await queries.invalidateQueries({ queryKey: key })
  }
  return (
    <Panel title={t`登录中的设备`}>
      <ul className="-my-2">
        {(data ?? []).map(({ id, label, createdAt, lastUsedAt, current }) => {
          const since = fullTime(Date.parse(createdAt), locale)
          const used = lastUsedAt === null ? since : fullTime(Date.parse(lastUsedAt), locale)
          return (
            <li key={id} className="flex items-center gap-3 border-b border-line py-2.5 last:border-0">
              <span className="min-w-0 grow">
                <span className="block truncate">{label === '' ? t`浏览器` : deviceNameOf(label)}</span>
                <span className="numbers block text-xs text-text-3">
                  <Trans>
                    {since} 登录 · {used} 最近使用
                  </Trans>
                </span>
              </span>
              {current ? (
                <span className="shrink-0 text-[13px] text-good">
                  <Trans>本机</Trans>
                </span>
              ) : (
                <Button size="s" onClick={() => void endOne(id)}>
                  <Trans>结束</Trans>
                </Button>
              )}
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
