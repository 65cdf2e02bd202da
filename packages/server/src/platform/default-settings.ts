import { defaultSessionSettings, type OrganizationSettings } from '@duoke/contract'

/** What an organization is set to until its configuration says otherwise. */
export const defaultSettings: Omit<OrganizationSettings, 'name'> = {
  timeZone: 'Asia/Shanghai',
  // A warning uses one of the few messages that WeChat allows, so it is sent only where somebody wants it.
  idleWarningAfterMs: null,
  idleCloseAfterMs: 3_600_000,
  idleWarningText: '您好，您已有一段时间没有新消息，稍后将结束本次会话。如需继续，请直接回复。',
  // With the forty seconds after which a silent socket counts as dead, sessions are given back within a minute (F73).
  vanishedGraceMs: 15_000,
  silentAccountAfterMs: 3_600_000,
  answerExpiresAfterMs: 600_000,
  sessions: defaultSessionSettings,
}
