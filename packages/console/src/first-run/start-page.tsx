import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { client } from '../live/client.ts'
import { useLive, useMe } from '../live/use-live.ts'
import { openDialog } from '../shell/desk-state.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Page, Panel } from '../ui/page.tsx'

/** What is left to do after the first minute. Each step is checked against what the server says, not against a click. */
export function StartPage() {
  const { t } = useLingui()
  const me = useMe()
  const agentCount = useLive((live) => live.agents.size)
  const accounts = useQuery({
    queryKey: ['accounts'],
    queryFn: async () => (await client.accounts.list({ limit: 200 })).items,
  })
  const example = me?.organization.example ?? false
  const connected = !example && (accounts.data?.some(({ lastPushAt }) => lastPushAt !== null) ?? false)
  return (
    <Page title={t`开始使用`} narrow>
      {example ? <ExampleStep /> : null}
      <Panel>
        <ol className="flex flex-col gap-5">
          <Step done={connected} title={t`接入一个真实的公众号`}>
            <p>
              <Trans>
                在「<LinkTo to="/accounts">公众号</LinkTo>
                」页点「接入公众号」，按步骤填写；或者写进配置文件，运行下面的命令。
              </Trans>
            </p>
            <Code text="npx duoke apply duoke.yaml" />
          </Step>
          <Step done={!example && agentCount > 1} title={t`邀请一位客服`}>
            <p>
              <Trans>
                在「<LinkTo to="/agents">客服</LinkTo>」页添加同事或批量导入，把生成的登录链接发给对方。
              </Trans>
            </p>
          </Step>
          <Step done={false} title={t`让你的系统接进来`}>
            <p>
              <Trans>
                接口地址是 <code className="font-mono text-[13px]">{location.origin}</code>，文档在{' '}
                <a href="/docs" target="_blank" rel="noopener" className="text-brand underline underline-offset-2">
                  /docs
                </a>
                。已有的微信 SDK 只需换成这个地址；新系统可以用我们的 SDK：
              </Trans>
            </p>
            <Code text="npm install @duoke/sdk" />
          </Step>
        </ol>
      </Panel>
    </Page>
  )
}

function ExampleStep() {
  return (
    <Panel>
      <div className="flex flex-wrap items-center gap-3">
        <p className="grow">
          <Trans>正在使用示例数据。</Trans>
        </p>
        <LinkTo to="~/try">
          <Trans>手机与客服台并排试用</Trans>
        </LinkTo>
        <Button onClick={() => openDialog({ kind: 'remove-example' })}>
          <Trans>清除示例数据</Trans>
        </Button>
      </div>
    </Panel>
  )
}

function LinkTo({ to, children }: { readonly to: string; readonly children: ReactNode }) {
  return (
    <Link href={to} className="text-brand underline underline-offset-2">
      {children}
    </Link>
  )
}

type StepProps = { readonly done: boolean; readonly title: string; readonly children: ReactNode }

function Step({ done, title, children }: StepProps) {
  const { t } = useLingui()
  return (
    <li className="flex gap-3">
      <span
        className={`mt-0.5 inline-flex size-5 shrink-0 items-center justify-center rounded-full ${
          done ? 'bg-good-dot text-white' : 'border-2 border-strong-line'
        }`}
      >
        {done ? <Check className="size-3.5" role="img" aria-label={t`已完成`} /> : null}
      </span>
      <div className="min-w-0 grow">
        <h2 className="font-semibold">{title}</h2>
        <div className="mt-1 flex flex-col gap-2 text-text-2">{children}</div>
      </div>
    </li>
  )
}

function Code({ text }: { readonly text: string }) {
  const { t } = useLingui()
  return (
    <p className="flex items-center gap-2 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
      <code className="grow font-mono text-[13px] break-all">{text}</code>
      <CopyButton text={text} label={t`复制命令`} />
    </p>
  )
}
