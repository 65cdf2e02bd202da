import type { Scope } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'

/** What each scope lets an app do, in the words of whoever grants it. */
export function useScopeWords(): Record<Scope, string> {
  const { t } = useLingui()
  return {
    'conversations:read': t`查看对话、会话和由谁接待`,
    'messages:read': t`读取客户与客服的消息`,
    'messages:send': t`在自己接待的对话中回复客户`,
    'messages:send:any': t`在别人接待的对话中回复客户`,
    'sessions:manage': t`接入、转接、结束和恢复会话`,
    'quick-replies:read': t`使用快捷回复`,
    'quick-replies:write': t`管理自己的快捷回复`,
    'quick-replies:manage': t`管理客服组和组织的快捷回复`,
    'customers:read': t`查看客户和还能发送的条数`,
    'customers:manage': t`给客户打标签、指定专属客服`,
    'agents:read': t`查看客服、客服组和在线状态`,
    'agents:manage': t`添加、修改和停用客服与客服组`,
    'accounts:read': t`查看已接入的公众号及其状态`,
    'configuration:read': t`查看全部配置（不含密钥）`,
    'configuration:manage': t`修改全部配置`,
    'decisions:read': t`查看对话为什么分给某人`,
    'records:read': t`读取整个组织的完整记录`,
    'events:read': t`跟随事件日志（限于其他权限可见的部分）`,
    media: t`上传和下载图片、语音、视频`,
    'presence:manage': t`修改自己的在线状态`,
    'tokens:manage': t`创建和吊销访问令牌`,
    'organization:manage': t`清除示例数据、管理整个组织`,
    'wechat:messages': t`微信：消息管理`,
    'wechat:users': t`微信：关注者、备注、标签和黑名单`,
    'wechat:qr-codes': t`微信：二维码和短链接`,
    'wechat:web': t`微信：网页服务`,
    'wechat:customer-service': t`微信：Duoke 未提供的客服接口`,
    'wechat:notifications': t`微信：群发、模板消息和订阅通知`,
    'wechat:cards': t`微信：卡券`,
    'wechat:scan': t`微信：扫一扫`,
    'wechat:wifi': t`微信：Wi-Fi`,
    'wechat:material': t`微信：素材、草稿和发布`,
    'wechat:shake-around': t`微信：摇一摇周边`,
    'wechat:stores': t`微信：门店`,
    'wechat:menu': t`微信：自定义菜单`,
    'wechat:statistics': t`微信：数据统计`,
    'wechat:recognition': t`微信：语音、图像和语义识别`,
    'wechat:devices': t`微信：硬件设备`,
    'wechat:mini-program': t`微信：小程序接口`,
  }
}
