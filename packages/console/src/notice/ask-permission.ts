import { preferences } from '../i18n/preferences.ts'

/** Asked once, when somebody begins to work: that is when they want to be called, and a click that browsers ask for. */
export function askForNotifications(): void {
  if (typeof Notification === 'undefined' || Notification.permission !== 'default') return
  if (!preferences.getState().notifications) return
  // A refusal is an answer as well; the settings show it.
  Notification.requestPermission().catch(() => {})
}
