import type { Delivery } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'
import { useCallback } from 'react'

/** WeChat's codes in the words of somebody who answers customers (protocol reference, section 12). */
export function useDeliveryReason(): (delivery: Delivery) => string {
  const { t } = useLingui()
  return useCallback(
    ({ code, reason }) => {
      switch (code) {
        case 45015:
          return t`超过 48 小时，不能主动回复（45015）`
        case 45047:
          return t`回复条数已达微信上限（45047）`
        case 43004:
          return t`客户已取消关注（43004）`
        case 40003:
          return t`微信不认识该客户（40003）`
        case 45002:
          return t`内容过长（45002）`
        case 40007:
          return t`图片或文件已失效（40007）`
        case 45072:
        case 45080:
        case 45081:
          return t`微信不允许此时显示该状态（${code}）`
        case 48001:
          return t`公众号没有客服消息权限（48001）`
        case 48002:
          return t`客户拒收消息（48002）`
        case 50002:
          return t`公众号被限制使用（50002）`
        case 45009:
        case 45011:
          return t`接口调用次数超限（${code}）`
        case undefined:
          return reason === undefined ? t`未能发送` : t`未能发送：${reason}`
        default:
          return reason === undefined ? t`微信拒绝发送（${code}）` : t`微信拒绝发送（${code}）：${reason}`
      }
    },
    [t],
  )
}
