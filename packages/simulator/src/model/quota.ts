/**
 * How many customer messages an account may send to one follower (protocol reference, section 5.9).
 *
 * Every trigger class has a window of its own; a new trigger of a class sets that window back to its maximum;
 * windows do not add up into one allowance: a send takes from the open window that closes first.
 */

export type TriggerClass = 'message' | 'menu-click' | 'follow' | 'scan' | 'enter'

export type Allowance = number | 'unlimited'

export interface QuotaRule {
  sends: Allowance
  withinMs: number
}

export interface QuotaTable {
  id: QuotaTableId
  since: string
  rules: Partial<Record<TriggerClass, QuotaRule>>
}

export interface QuotaWindow {
  trigger: TriggerClass
  openedAtMs: number
  closesAtMs: number
  allowance: Allowance
  used: number
}

export type QuotaDecision =
  | { kind: 'allowed'; from: TriggerClass; windows: QuotaWindow[] }
  | { kind: 'refused'; errcode: 45015 | 45047 }

export const QUOTA_TABLE_IDS = ['current', '2021-06', 'original'] as const
export type QuotaTableId = (typeof QUOTA_TABLE_IDS)[number]

const MINUTE_MS = 60_000
const TWO_DAYS_MS = 48 * 60 * MINUTE_MS
const THREE_IN_A_MINUTE: QuotaRule = { sends: 3, withinMs: MINUTE_MS }

/** Dated data: Tencent has changed it three times. Where the reference leaves a cell empty, the class opens no window. */
export const QUOTA_TABLES: Record<QuotaTableId, QuotaTable> = {
  current: {
    id: 'current',
    since: '2023-06-12',
    rules: {
      message: { sends: 5, withinMs: TWO_DAYS_MS },
      'menu-click': THREE_IN_A_MINUTE,
      follow: THREE_IN_A_MINUTE,
      scan: THREE_IN_A_MINUTE,
    },
  },
  '2021-06': {
    id: '2021-06',
    since: '2021-06-01',
    rules: {
      message: { sends: 20, withinMs: TWO_DAYS_MS },
      'menu-click': THREE_IN_A_MINUTE,
      follow: THREE_IN_A_MINUTE,
      scan: THREE_IN_A_MINUTE,
    },
  },
  original: { id: 'original', since: '2013', rules: { message: { sends: 'unlimited', withinMs: TWO_DAYS_MS } } },
}

/** Mini programs have a rule of their own (section 9). */
export const MINI_PROGRAM_TABLE: Pick<QuotaTable, 'rules'> = {
  rules: { message: { sends: 5, withinMs: TWO_DAYS_MS }, enter: { sends: 2, withinMs: MINUTE_MS } },
}

/** Ties are broken in this order, so that two engines that follow the rule agree on every count. */
const TRIGGER_ORDER: readonly TriggerClass[] = ['message', 'menu-click', 'follow', 'scan', 'enter']

export function openWindow(
  windows: readonly QuotaWindow[],
  table: Pick<QuotaTable, 'rules'>,
  trigger: TriggerClass,
  atMs: number,
): QuotaWindow[] {
  const rule = table.rules[trigger]
  if (!rule) return [...windows]
  const opened = {
    trigger,
    openedAtMs: atMs,
    closesAtMs: atMs + rule.withinMs,
    allowance: rule.sends,
    used: 0,
  }
  return [...windows.filter((window) => window.trigger !== trigger), opened]
}

export function takeFromQuota(windows: readonly QuotaWindow[], nowMs: number): QuotaDecision {
  const open = openWindows(windows, nowMs)
  if (open.length === 0) return { kind: 'refused', errcode: 45015 }
  const [chosen] = open.filter((window) => remainingIn(window) !== 0).sort(soonestFirst)
  if (!chosen) return { kind: 'refused', errcode: 45047 }
  return {
    kind: 'allowed',
    from: chosen.trigger,
    windows: windows.map((window) => (window === chosen ? { ...window, used: window.used + 1 } : window)),
  }
}

export function openWindows(windows: readonly QuotaWindow[], nowMs: number): QuotaWindow[] {
  return windows.filter((window) => nowMs < window.closesAtMs)
}

export function remainingIn(window: QuotaWindow): Allowance {
  return window.allowance === 'unlimited' ? 'unlimited' : Math.max(0, window.allowance - window.used)
}

function soonestFirst(a: QuotaWindow, b: QuotaWindow): number {
  return a.closesAtMs - b.closesAtMs || TRIGGER_ORDER.indexOf(a.trigger) - TRIGGER_ORDER.indexOf(b.trigger)
}
