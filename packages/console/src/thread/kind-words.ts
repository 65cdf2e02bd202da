import { useLingui } from '@lingui/react/macro'
import { useCallback } from 'react'

/** The name of a kind of message. Kinds of a later server are called unknown. */
export function useKindWords(): (kind: string) => string {
  const { t } = useLingui()
  return useCallback(
    (kind) => {
      switch (kind) {
        case 'text':
          return t`文字`
        case 'image':
          return t`图片`
        case 'voice':
          return t`语音`
        case 'video':
          return t`视频`
        case 'file':
          return t`文件`
        case 'location':
          return t`位置`
        case 'link':
          return t`链接`
        case 'mini-program':
          return t`小程序`
        case 'music':
          return t`音乐`
        case 'news':
        case 'article':
          return t`图文`
        case 'menu':
          return t`菜单`
        case 'card':
          return t`卡券`
        case 'action':
          return t`客户操作`
        default:
          return t`未知消息`
      }
    },
    [t],
  )
}
