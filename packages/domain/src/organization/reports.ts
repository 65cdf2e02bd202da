/** What the channel noticed about an account, and about an app. */
export type AccountReport =
  | { readonly kind: 'silenced'; readonly lastPushAtMs: number | null }
  | { readonly kind: 'heard' }
  | { readonly kind: 'degraded'; readonly code: number; readonly reason: string }
  | { readonly kind: 'recovered' }

export type AppFinding =
  | { readonly kind: 'suspended'; readonly reason: string; readonly failures: number }
  | { readonly kind: 'recovered' }
