import { Trans, useLingui } from '@lingui/react/macro'
import { type ComponentType, Suspense } from 'react'
import { Link, useLocation } from 'wouter'
import { useMe } from '../live/use-live.ts'
import { Empty, Waiting } from '../ui/empty.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { type ManagePath, manageEntries } from './entries.ts'

const pages: Record<ManagePath, ComponentType> = {
  '/start': lazyPart(() => import('../first-run/start-page.tsx').then((file) => file.StartPage)),
  '/live': lazyPart(() => import('../supervise/live-page.tsx').then((file) => file.LivePage)),
  '/accounts': lazyPart(() => import('../accounts/accounts-page.tsx').then((file) => file.AccountsPage)),
  '/agents': lazyPart(() => import('../people/agents-page.tsx').then((file) => file.AgentsPage)),
  '/blocked': lazyPart(() => import('../blocked/blocked-page.tsx').then((file) => file.BlockedPage)),
  '/rules': lazyPart(() => import('../rules/rules-page.tsx').then((file) => file.RulesPage)),
  '/hours': lazyPart(() => import('../hours/hours-page.tsx').then((file) => file.HoursPage)),
  '/decisions': lazyPart(() => import('../decisions/decisions-page.tsx').then((file) => file.DecisionsPage)),
  '/fairness': lazyPart(() => import('../fairness/fairness-page.tsx').then((file) => file.FairnessPage)),
  '/forecast': lazyPart(() => import('../forecast/forecast-page.tsx').then((file) => file.ForecastPage)),
  '/apps': lazyPart(() => import('../apps/apps-page.tsx').then((file) => file.AppsPage)),
  '/audit': lazyPart(() => import('../audit/audit-page.tsx').then((file) => file.AuditPage)),
  '/tokens': lazyPart(() => import('../tokens/tokens-page.tsx').then((file) => file.TokensPage)),
  '/configuration': lazyPart(() =>
    import('../configuration/configuration-page.tsx').then((file) => file.ConfigurationPage),
  ),
}

/** Administration: one navigation, and the page that is chosen in it. */
export function ManagePages() {
  const { t } = useLingui()
  const [path] = useLocation()
  const scopes = useMe()?.scopes ?? []
  const entry = manageEntries.find((one) => one.path === path)
  const Chosen = entry === undefined ? undefined : pages[entry.path]
  return (
    <div className="flex h-full flex-col @min-[720px]/desk:flex-row">
      <SubNavigation scopes={scopes} path={path} />
      <div className="min-h-0 min-w-0 grow">
        {entry === undefined || Chosen === undefined || !scopes.includes(entry.scope) ? (
          <main className="h-full">
            <Empty title={<Trans>你没有查看这一页的权限</Trans>}>
              <p>
                <Trans>请让管理员调整你的角色。</Trans>
              </p>
            </Empty>
          </main>
        ) : (
          <Suspense fallback={<Waiting label={t`正在打开`} />}>
            <Chosen />
          </Suspense>
        )}
      </div>
    </div>
  )
}

function SubNavigation({ scopes, path }: { readonly scopes: readonly string[]; readonly path: string }) {
  const { t } = useLingui()
  const words = useManageWords()
  return (
    <nav
      aria-label={t`管理导航`}
      className="flex shrink-0 gap-1 overflow-x-auto border-line bg-panel px-2 py-1.5 @max-[720px]/desk:border-b @min-[720px]/desk:w-36 @min-[720px]/desk:flex-col @min-[720px]/desk:overflow-y-auto @min-[720px]/desk:border-r @min-[720px]/desk:py-3"
    >
      {manageEntries
        .filter(({ scope }) => scopes.includes(scope))
        .map((entry) => (
          <Link
            key={entry.path}
            ref={entry.path === path ? showInStrip : undefined}
            href={entry.path}
            aria-current={entry.path === path ? 'page' : undefined}
            className={`shrink-0 rounded-md px-2.5 py-1.5 text-[13px] whitespace-nowrap ${
              entry.path === path
                ? 'bg-brand-soft font-medium text-brand'
                : 'text-text-2 hover:bg-hover hover:text-text'
            }`}
          >
            {words[entry.path]}
          </Link>
        ))}
    </nav>
  )
}

/** On a phone the strip is longer than the screen. */
function showInStrip(link: HTMLElement | null): void {
  link?.scrollIntoView({ block: 'nearest', inline: 'center' })
}

function useManageWords(): Record<ManagePath, string> {
  const { t } = useLingui()
  return {
    '/start': t`开始使用`,
    '/live': t`实时`,
    '/accounts': t`公众号`,
    '/agents': t`客服`,
    '/blocked': t`黑名单`,
    '/rules': t`分配规则`,
    '/hours': t`服务时间`,
    '/decisions': t`分配记录`,
    '/fairness': t`公平报告`,
    '/forecast': t`人力测算`,
    '/apps': t`应用`,
    '/audit': t`操作记录`,
    '/tokens': t`访问令牌`,
    '/configuration': t`配置文件`,
  }
}
