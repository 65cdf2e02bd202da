export type LinkPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly url: string }

const address = /\bhttps?:\/\/[^\s<>"'`，。！？；：）】》、]+/gu
const trailing = /[.,!?;:)\]}]+$/u

/** Only http, https and WeChat's own scheme are ever made clickable. */
export function safeUrl(url: string): string | undefined {
  try {
    // The parser drops tabs and line breaks that would hide a scheme; what it understood is what is used.
    const parsed = new URL(url)
    return ['http:', 'https:', 'weixin:'].includes(parsed.protocol) ? parsed.href : undefined
  } catch {
    return undefined
  }
}

export function splitLinks(text: string): LinkPart[] {
  const parts: LinkPart[] = []
  let end = 0
  for (const match of text.matchAll(address)) {
    const url = match[0].replace(trailing, '')
    if (safeUrl(url) === undefined) continue
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) })
    parts.push({ kind: 'link', url })
    end = match.index + url.length
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) })
  return parts
}
