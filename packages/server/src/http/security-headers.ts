export type PageOrigins = {
  /** Origin from which media is served, when it is not our own. */
  readonly media: string | null
  /** Origin of the phone that the console frames beside itself, when example data is in use. */
  readonly phone: string | null
}

/** For every answer. What needs another rule (a page, a file) sets its own Content-Security-Policy. */
export const everyAnswer = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
} as const

/** Once seen over https, never again without it (N3). */
export const overHttps = { 'Strict-Transport-Security': 'max-age=31536000' } as const

/** One policy for the console's page: no inline script, Trusted Types enforced, framed by nobody (U2). */
export function consolePolicy({ media, phone }: PageOrigins): string {
  const mediaSources = media === null ? '' : ` ${media}`
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: blob:${mediaSources}`,
    `media-src 'self' blob:${mediaSources}`,
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    `frame-src ${phone ?? "'none'"}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types duoke',
  ].join('; ')
}

/** For pages without any script, such as the reference: styles from our own origin and nothing else. */
export const plainPagePolicy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** For files that strangers sent: opened as a document they are an empty sandbox (U4). */
export const filePolicy = "default-src 'none'; sandbox; frame-ancestors 'none'"
