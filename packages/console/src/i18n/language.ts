import { i18n, type Messages } from '@lingui/core'
import { useStore } from 'zustand'
import type { Locale } from './formatting.ts'
import { preferences } from './preferences.ts'

type Catalogue = { readonly messages: Messages }
type Load = () => Promise<Catalogue>

/** Texts are not in the built code: a page says nothing before its catalogue is there. */
const catalogues = {
  desk: { 'zh-CN': () => import('./locales/desk/zh-CN.po'), en: () => import('./locales/desk/en.po') },
  spared: { 'zh-CN': () => import('./locales/spared/zh-CN.po'), en: () => import('./locales/spared/en.po') },
  manage: { 'zh-CN': () => import('./locales/manage/zh-CN.po'), en: () => import('./locales/manage/en.po') },
} satisfies Record<string, Record<Locale, Load>>
type CatalogueName = keyof typeof catalogues

const used = new Set<CatalogueName>(['desk'])

export async function speak(locale: Locale): Promise<void> {
  const loaded = await Promise.all([...used].map((name) => catalogues[name][locale]()))
  i18n.loadAndActivate({ locale, messages: Object.assign({}, ...loaded.map(({ messages }) => messages)) })
  document.documentElement.lang = locale
}

/** Loads one catalogue more, in the language of the page and from now on in each that is chosen. */
export async function learn(name: CatalogueName): Promise<void> {
  if (used.has(name)) return
  const { locale } = preferences.getState()
  const { messages } = await catalogues[name][locale]()
  used.add(name)
  i18n.load(locale, messages)
  // Another one was chosen meanwhile, without these texts.
  if (preferences.getState().locale !== locale) await speak(preferences.getState().locale)
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
