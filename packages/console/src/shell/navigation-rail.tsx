import { useLingui } from '@lingui/react/macro'
import { MessagesSquare, SlidersHorizontal, UserRound, Zap } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { useCounts, useMe } from '../live/use-live.ts'
import { firstManagePath, isManagePath } from '../manage/entries.ts'
import { Mark } from '../ui/mark.tsx'

export function NavigationRail() {
  const { t } = useLingui()
  const me = useMe()
  const [path] = useLocation()
  const { unread, waiting } = useCounts()
  const inThread = path.startsWith('/c/')
  const first = firstManagePath(me?.scopes ?? [])
  return (
    <nav
      aria-label={t`主导航`}
      className={`shrink-0 justify-around border-line bg-panel @max-[720px]/desk:border-t @max-[720px]/desk:py-1 @min-[720px]/desk:flex @min-[720px]/desk:w-16 @min-[720px]/desk:flex-col @min-[720px]/desk:items-center @min-[720px]/desk:justify-start @min-[720px]/desk:gap-1 @min-[720px]/desk:border-r @min-[720px]/desk:py-3 ${
        inThread ? 'hidden' : 'flex'
      }`}
    >
      <span className="mb-3 hidden @min-[720px]/desk:block">
        <Mark size={32} />
      </span>
      <Entry
        to="/"
        current={path === '/' || inThread}
        label={t`对话`}
        icon={<MessagesSquare className="size-5" aria-hidden="true" />}
        dot={unread + waiting > 0}
      />
      <Entry
        to="/quick-replies"
        current={path === '/quick-replies'}
        label={t`快捷回复`}
        icon={<Zap className="size-5" aria-hidden="true" />}
        isWideOnly
      />
      {first === undefined ? null : (
        <Entry
          to={first}
          current={isManagePath(path)}
          label={t`管理`}
          icon={<SlidersHorizontal className="size-5" aria-hidden="true" />}
        />
      )}
      <span className="hidden grow @min-[720px]/desk:block" />
      <Entry
        to="/me"
        current={path === '/me'}
        label={t`我`}
        icon={<UserRound className="size-5" aria-hidden="true" />}
      />
    </nav>
  )
}

type EntryProps = {
  readonly to: string
  readonly label: string
  readonly icon: ReactNode
  readonly current: boolean
  readonly dot?: boolean
  /** A phone's bar has no room for it. */
  readonly isWideOnly?: boolean
}

function Entry({ to, label, icon, current, dot = false, isWideOnly = false }: EntryProps) {
  return (
    <Link
      href={to}
      aria-current={current ? 'page' : undefined}
      className={`relative w-14 flex-col ${isWideOnly ? 'hidden @min-[720px]/desk:flex' : 'flex'} items-center gap-0.5 rounded-lg py-1.5 text-center text-[11px] leading-tight ${
        current ? 'bg-brand-soft text-brand' : 'text-text-2 hover:bg-hover hover:text-text'
      }`}
    >
      {icon}
      {label}
      {dot ? <span className="absolute top-1 right-3.5 size-2 rounded-full bg-bad-fill" /> : null}
    </Link>
  )
}
