import type { FairnessOfAgent, FairnessReport, HolidaysOfYear, PreviewedService, RulesPreview } from '@duoke/contract'
import type { FakeWorld } from './fake-world.ts'

const none = { direct: 0, declined: 0, unanswered: 0 }

export function fairnessOf(
  world: FakeWorld,
  { from, to }: { readonly from: string; readonly to: string },
): FairnessReport {
  const agent = (agentId: string, given: number, entitled: number, hours: number): FairnessOfAgent => ({
    ...{ agentId, given, entitled, deviation: entitled === 0 ? null : given / entitled - 1, ...none },
    ...{ onlineMs: hours * 3_600_000, perHour: hours === 0 ? null : given / hours },
  })
  const agents = [
    agent('lili', 42, 36.5, 8),
    { ...agent('wang', 30, 33, 7.5), direct: 4 },
    { ...agent('zhao', 12, 14.5, 3), declined: 6, unanswered: 2 },
    agent('sun', 0, 0, 0),
  ].filter(({ agentId }) => world.agents.has(agentId))
  return {
    ...{ from, to, events: 2_310, given: 84, gini: 0.1234, agents },
    waitMs: { median: 24_000, longest: 312_000, longestToMedian: 13 },
    overtakings: { total: 5, most: 2 },
  }
}

const served = (change: Partial<PreviewedService> = {}): PreviewedService => ({
  ...{ sessions: 90, served: 84, abandoned: 4, left: 0, refused: 0, waiting: 2, serviceLevel: 0.72, starved: 3 },
  waitMs: { p50: 24_000, p90: 120_000, p95: 180_000, longest: 700_000 },
  agents: [previewed('lili', 42, 2.4), previewed('wang', 30, 1.8), previewed('zhao', 12, 1.1)],
  ...change,
})

function previewed(agentId: string, given: number, meanLoad: number) {
  return { agentId, given, meanLoad, declined: 1, peak: 5, onlineMs: 28_800_000, busyMs: 20_000_000 }
}

/** A candidate sends less to lili, and lets nobody starve. */
export function previewOf(asked: { readonly from: string; readonly to: string; readonly text?: string }): RulesPreview {
  const candidate = served({
    ...{ serviceLevel: 0.91, starved: 0, served: 88, abandoned: 0 },
    waitMs: { p50: 12_000, p90: 60_000, p95: 90_000, longest: 210_000 },
    agents: [previewed('lili', 30, 1.7), previewed('wang', 31, 1.9), previewed('zhao', 27, 2.2)],
  })
  return {
    ...{ from: asked.from, to: asked.to, seed: 1, events: 2_310 },
    conformity: { decisions: 84, rederived: 84, erased: 0, deviations: [] },
    history: served(),
    simulated: served({ served: 85, abandoned: 3 }),
    candidate: asked.text === undefined ? null : candidate,
    told: { merged: 2, drawn: 11, refused: 1 },
  }
}

/** The table of 2026 for National Day, and none of any other year. */
export function holidaysOf(year: number): HolidaysOfYear {
  const name = '国庆节'
  const free = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ date: `2026-10-0${day}`, name, works: false }))
  const days = year === 2026 ? [...free, { date: '2026-10-10', name, works: true }] : []
  return { year, known: days.length > 0, days }
}
