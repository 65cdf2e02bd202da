import { i18n, type Messages } from '@lingui/core'
import { useStore } from 'zustand'
import type { Locale } from './formatting.ts'
import { preferences } from './preferences.ts'

type Catalogue = { readonly messages: Messages }

/** Chinese is in the code already; a catalogue is only loaded for what is not. */
const catalogues: Record<Locale, () => Promise<Catalogue>> = {
  'zh-CN': () => import('./locales/zh-CN.po'),
  en: () => import('./locales/en.po'),
}

export async function speak(locale: Locale): Promise<void> {
  const { messages } = await catalogues[locale]()
  i18n.loadAndActivate({ locale, messages })
  document.documentElement.lang = locale
}

export function followLocale(): Promise<void> {
  preferences.subscribe((now, before) => {
    if (now.locale !== before.locale) void speak(now.locale)
  })
  return speak(preferences.getState().locale)
}

export function useLocale(): Locale {
  return useStore(preferences, ({ locale }) => locale)
}
