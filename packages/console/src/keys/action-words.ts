import { useLingui } from '@lingui/react/macro'
import type { Action } from './key-table.ts'

/** What each action is called, on buttons, in the palette and in the list of keys. */
export function useActionWords(): Record<Action, string> {
  const { t } = useLingui()
  return {
    acceptNext: t`接入等待最久的客户（输入框为空时）`,
    sendAndEnd: t`发送、结束会话并转到下一个`,
    palette: t`打开命令面板`,
    next: t`下一个对话`,
    previous: t`上一个对话`,
    nextRow: t`下一个对话`,
    previousRow: t`上一个对话`,
    write: t`写回复`,
    takeNext: t`接入等待最久的客户`,
    decline: t`不接入邀请的会话`,
    park: t`挂起或恢复会话`,
    hand: t`举手请主管帮忙，或放下`,
    supervise: t`主管操作`,
    transfer: t`转接`,
    end: t`结束会话`,
    takeLeft: t`接入留言`,
    resolveLeft: t`把留言标为已处理，或撤销`,
    why: t`为什么分给我？`,
    note: t`写备注，或退出备注`,
    mentions: t`提到我的备注`,
    find: t`查找聊天记录`,
    searchAll: t`搜索全部消息`,
    goToDate: t`跳转到日期`,
    waitingTab: t`显示待接入`,
    mineTab: t`显示我的`,
    allTab: t`显示全部`,
    leftTab: t`显示留言`,
    removeExample: t`清除示例数据`,
    keys: t`显示快捷键`,
  }
}
