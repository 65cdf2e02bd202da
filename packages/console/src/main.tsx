import './styles.css'
import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { followLocale } from './i18n/language.ts'
import { followTheme } from './i18n/preferences.ts'
import { Hints } from './ui/hint.tsx'
import { Toasts } from './ui/lazy-toasts.tsx'
import { UnderPolicy } from './ui/policy.tsx'

/**
 * A new version has other file names: a page of the old one gets the new one instead of an error, at most once a minute.
 * Without a network it stays as it is: a page that is reloaded then is lost, with all that stands on it.
 */
const reloadedKey = 'duoke.reloaded'
window.addEventListener('vite:preloadError', async () => {
  const nowMs = Date.now()
  if (nowMs - Number(sessionStorage.getItem(reloadedKey) ?? 0) < 60_000) return
  const isThere = await fetch('./', { method: 'HEAD', cache: 'no-store' }).then(
    (answer) => answer.ok,
    () => false,
  )
  if (!isThere) return
  sessionStorage.setItem(reloadedKey, String(nowMs))
  location.reload()
})

followTheme()
await followLocale()

/** For what is asked and answered; what lives follows the log instead. */
const queries = new QueryClient({
  // The SDK has tried again already, and knows which errors are worth it.
  defaultOptions: { queries: { retry: false, staleTime: 30_000, refetchOnWindowFocus: false } },
})

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no root')
createRoot(root).render(
  <StrictMode>
    <UnderPolicy>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={queries}>
          <App />
          <Toasts />
          <Hints />
        </QueryClientProvider>
      </I18nProvider>
    </UnderPolicy>
  </StrictMode>,
)
