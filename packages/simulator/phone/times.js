import { locale, say } from './words.js'

const GAP_MS = 5 * 60_000

const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long' })
const day = new Intl.DateTimeFormat(locale, { month: 'long', day: 'numeric' })
const fullDay = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long', day: 'numeric' })

/** As WeChat does: a time stands above a message only when five minutes have passed since the last one shown. */
export function needsTime(lastShownMs, atMs) {
  return lastShownMs === undefined || atMs - lastShownMs > GAP_MS
}

export function timeLine(atMs, nowMs) {
  const days = Math.round((midnight(nowMs) - midnight(atMs)) / 86_400_000)
  const time = clock.format(atMs)
  if (days <= 0) return time
  if (days === 1) return `${say('yesterday')} ${time}`
  if (days < 7) return `${weekday.format(atMs)} ${time}`
  const isThisYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear()
  return `${(isThisYear ? day : fullDay).format(atMs)} ${time}`
}

export function dayAndTime(atMs) {
  return `${day.format(atMs)} ${clock.format(atMs)}`
}

function midnight(ms) {
  return new Date(ms).setHours(0, 0, 0, 0)
}
