import type { App } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFailureWords } from '../i18n/failure-words.ts'
import { client } from '../live/client.ts'
import { Empty, Waiting } from '../ui/empty.tsx'
import { Page, Panel } from '../ui/page.tsx'
import { AppPanel } from './app-panel.tsx'
import { DeliveriesDialog } from './deliveries-dialog.tsx'

const refreshMs = 5_000

/** The systems of others that share the accounts: what they may do, how they fare, and what became of each push. */
export function AppsPage() {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const [shown, setShown] = useState<App>()
  const { data, error } = useQuery({
    queryKey: ['apps'],
    queryFn: async () => (await client.apps.list({ limit: 200 })).items,
    refetchInterval: refreshMs,
  })
  return (
    <Page title={t`应用`}>
      {data === undefined ? (
        error === null ? (
          <Waiting label={t`正在读取`} />
        ) : (
          <Empty title={wordsOf(error).sentence} />
        )
      ) : data.length === 0 ? (
        <NoApps />
      ) : (
        data.map((app) => <AppPanel key={app.id} app={app} onDeliveries={() => setShown(app)} />)
      )}
      {shown === undefined ? null : <DeliveriesDialog app={shown} onClose={() => setShown(undefined)} />}
    </Page>
  )
}

function NoApps() {
  return (
    <Panel>
      <Empty title={<Trans>还没有接入应用</Trans>}>
        <p className="max-w-prose">
          <Trans>
            第三方系统和机器人可以用现有的微信 SDK 与客服共用公众号：在配置文件的 apps 中写入应用，运行 duoke
            apply，它就会出现在这里。
          </Trans>
        </p>
        <p>
          <a className="text-brand hover:underline" href="/docs" target="_blank" rel="noreferrer">
            <Trans>查看接口文档</Trans>
          </a>
        </p>
      </Empty>
    </Panel>
  )
}
