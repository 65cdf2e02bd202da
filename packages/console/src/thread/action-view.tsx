import type { Content } from '@duoke/contract'
import { Trans } from '@lingui/react/macro'

type Props = { readonly content: Extract<Content, { type: 'action' }> }

/** What a customer did that is no message, in one line. */
export function ActionView({ content }: Props) {
  const { action, key, detail } = content
  const what = detail ?? key ?? ''
  switch (action) {
    case 'follow':
      return <Trans>客户关注了公众号</Trans>
    case 'unfollow':
      return <Trans>客户取消了关注</Trans>
    case 'scan':
      return <Trans>客户扫描了二维码 {what}</Trans>
    case 'menu-click':
      return <Trans>客户点击了菜单 {what}</Trans>
    case 'menu-link':
      return <Trans>客户打开了菜单链接 {what}</Trans>
    case 'menu-scan':
      return <Trans>客户用菜单扫码 {what}</Trans>
    case 'menu-mini-program':
      return <Trans>客户打开了小程序 {what}</Trans>
    case 'menu-pictures':
      return <Trans>客户用菜单发送图片</Trans>
    case 'menu-location':
      return <Trans>客户用菜单发送位置 {what}</Trans>
    case 'location-reported':
      return <Trans>客户上报了位置 {what}</Trans>
    case 'session-entered':
    case 'session-entered-from-card':
      return <Trans>客户进入了会话</Trans>
    default:
      return (
        <Trans>
          客户操作：{action} {what}
        </Trans>
      )
  }
}
