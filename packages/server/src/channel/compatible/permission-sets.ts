import type { Scope } from '@duoke/contract'

type Rule = { readonly scope: Scope; readonly paths: readonly string[] }

/**
 * Which permission set of WeChat's a path belongs to (protocol reference, section 7.3). A path ending in `/` stands for
 * everything below it; of several the longest counts. What is in none of them is passed on for nobody.
 */
const rules: readonly Rule[] = [
  { scope: 'wechat:messages', paths: ['/cgi-bin/message/', '/cgi-bin/business/', '/cgi-bin/callback/check'] },
  { scope: 'wechat:users', paths: ['/cgi-bin/user/', '/cgi-bin/tags/', '/cgi-bin/groups/', '/cgi-bin/changeopenid'] },
  { scope: 'wechat:qr-codes', paths: ['/cgi-bin/qrcode/', '/cgi-bin/shorturl', '/cgi-bin/shorten/'] },
  { scope: 'wechat:web', paths: ['/cgi-bin/ticket/getticket', '/cgi-bin/media/get/jssdk'] },
  { scope: 'wechat:customer-service', paths: ['/customservice/', '/cgi-bin/customservice/'] },
  {
    scope: 'wechat:notifications',
    paths: [
      '/cgi-bin/message/mass/',
      '/cgi-bin/message/template/',
      '/cgi-bin/message/subscribe/',
      '/cgi-bin/template/',
      '/wxaapi/newtmpl/',
      '/cgi-bin/get_current_autoreply_info',
    ],
  },
  { scope: 'wechat:cards', paths: ['/card/'] },
  { scope: 'wechat:scan', paths: ['/scan/'] },
  { scope: 'wechat:wifi', paths: ['/bizwifi/'] },
  {
    scope: 'wechat:material',
    paths: ['/cgi-bin/material/', '/cgi-bin/media/', '/cgi-bin/draft/', '/cgi-bin/freepublish/', '/cgi-bin/comment/'],
  },
  { scope: 'wechat:shake-around', paths: ['/shakearound/'] },
  { scope: 'wechat:stores', paths: ['/cgi-bin/poi/'] },
  { scope: 'wechat:menu', paths: ['/cgi-bin/menu/', '/cgi-bin/get_current_selfmenu_info'] },
  { scope: 'wechat:statistics', paths: ['/datacube/'] },
  { scope: 'wechat:recognition', paths: ['/cgi-bin/media/voice/', '/cv/', '/semantic/'] },
  { scope: 'wechat:devices', paths: ['/device/'] },
  { scope: 'wechat:mini-program', paths: ['/wxa/', '/wxaapi/', '/customservice/work/'] },
]

/** Every scope that opens a set. */
export const passingScopes: readonly Scope[] = rules.map(({ scope }) => scope)

/** Scopes of ours that open single paths of a set, so that an app need not be given the whole of it. */
const single: Readonly<Record<string, readonly Scope[]>> = {
  '/cgi-bin/user/info': ['customers:read'],
  '/cgi-bin/user/info/batchget': ['customers:read'],
  '/cgi-bin/user/get': ['customers:read'],
  '/cgi-bin/user/tag/get': ['customers:read'],
  '/cgi-bin/tags/get': ['customers:read'],
  '/cgi-bin/tags/getidlist': ['customers:read'],
  '/cgi-bin/media/upload': ['media'],
  '/cgi-bin/media/get': ['media'],
  '/cgi-bin/media/get/jssdk': ['media'],
}

/**
 * The scopes of which one opens a path; none of them for what is never passed on. A path that could become another one on
 * its way (dots, percent signs, doubled slashes) is no path of WeChat's.
 */
export function scopesOfPath(path: string): readonly Scope[] {
  if (!/^(\/[\w-]+)+$/.test(path)) return []
  let found: { readonly length: number; readonly scope: Scope } | undefined
  for (const { scope, paths } of rules) {
    for (const known of paths) {
      const fits = known.endsWith('/') ? path.startsWith(known) : path === known
      if (fits && known.length > (found?.length ?? 0)) found = { length: known.length, scope }
    }
  }
  return [...(Object.hasOwn(single, path) ? (single[path] ?? []) : []), ...(found === undefined ? [] : [found.scope])]
}

/** Parts of WeChat's API that no permission set opens here: their callers read a code, not a page. */
const closedRoots = ['sns', 'merchant', 'shop', 'product', 'wxopen', 'tcb', 'channels', 'store', 'union']

/** First parts of the paths of WeChat's API, which are answered at the server's own origin. */
export const apiRoots: readonly string[] = [
  ...closedRoots,
  ...new Set(rules.flatMap(({ paths }) => paths).map((path) => path.split('/')[1] ?? '')),
]
