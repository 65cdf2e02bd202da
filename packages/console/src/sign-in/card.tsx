import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { prefer, preferences } from '../i18n/preferences.ts'
import { Mark } from '../ui/mark.tsx'

/** The frame of every page before the desk. */
export function Card({ title, children }: { readonly title: ReactNode; readonly children: ReactNode }) {
  return (
    <main className="flex h-full flex-col items-center justify-center gap-6 overflow-y-auto p-4">
      <div className="w-full max-w-[360px] rounded-xl bg-panel p-8 shadow-raised">
        <div className="mb-6 flex items-center gap-3">
          <Mark />
          <h1 className="text-lg font-semibold">{title}</h1>
        </div>
        {children}
      </div>
      <LanguageSwitch />
    </main>
  )
}

function LanguageSwitch() {
  const locale = useStore(preferences, (kept) => kept.locale)
  const other = locale === 'en' ? 'zh-CN' : 'en'
  return (
    <button
      type="button"
      lang={other}
      className="rounded px-2 py-1 text-[13px] text-text-2 hover:text-text"
      onClick={() => prefer({ locale: other })}
    >
      {other === 'en' ? 'English' : '中文'}
    </button>
  )
}
