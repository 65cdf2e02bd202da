import { CSPProvider } from '@base-ui/react/csp-provider'
import type { ReactNode } from 'react'

/** The page's policy allows no styles in the page itself: our components bring theirs in the style sheet. */
export function UnderPolicy({ children }: { readonly children: ReactNode }) {
  return <CSPProvider disableStyleElements>{children}</CSPProvider>
}
