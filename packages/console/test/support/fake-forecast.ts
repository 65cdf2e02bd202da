import type { ForecastDay, ForecastInterval, StaffingForecast } from '@duoke/contract'

type Period = { readonly from: string; readonly to: string }

const interval = (at: string, arrivals: number, agents: number): ForecastInterval => ({
  ...{ at, arrivals, arrivalsRange: { from: arrivals * 0.8, to: arrivals * 1.2 } },
  ...{ load: arrivals / 4, agents, agentsRange: { from: agents, to: agents + 1 }, onShift: agents + 1 },
  expected: { answeredShare: 0.905, abandonedShare: 0.03, meanWaitMs: 8_400, occupancy: 0.615 },
})

const unplanned = { arrivalsRange: null, load: null, agents: null, agentsRange: null, onShift: null, expected: null }

/** Four Mondays, and one holiday, which says too little. */
export function forecastOf({ from, to }: Period): StaffingForecast {
  const days: ForecastDay[] = [
    {
      ...{ kind: 'mon', days: 4, tooFewDays: false, arrivals: 32.4, variation: 0.12 },
      intervals: [interval('03:00', 0, 0), interval('09:00', 20.4, 4), interval('09:30', 12, 3)],
    },
    {
      ...{ kind: 'holiday', days: 1, tooFewDays: true, arrivals: 2, variation: null },
      intervals: [{ at: '10:00', arrivals: 2, ...unplanned }],
    },
  ]
  return {
    ...{ from, to, timeZone: 'Asia/Shanghai', intervalMinutes: 30, concurrency: 2.5, shrinkage: 0.3, arrivals: 132 },
    target: { withinMs: 30_000, answeredShare: 0.8, abandonedShare: null },
    service: { sessions: 128, meanMs: 480_000 },
    patience: { left: 3, meanMs: null },
    history: { answeredShare: 0.714, abandonedShare: 0.024 },
    ...{ lacks: [], days, coming: [{ date: '2026-11-02', kind: 'mon' as const }] },
  }
}
