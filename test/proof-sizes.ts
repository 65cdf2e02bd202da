// How often each seeded proof runs. One table, so that nobody has to hunt for the numbers: `npm test` takes 1 % of the
// night's number, `.ci/run` 10 %, `npm run night` all of it. Add a line when you add a proof.
const nightSizes = {
  /** Properties of texts, XML, signatures and encryption: cases for each fast-check property. */
  properties: 100_000,
  /** Random walk: seeds, each one history of commands through decide and evolve. */
  randomWalks: 20_000,
  /** Opening hours: random intervals, each against a clock that is read every minute. */
  hoursIntervals: 1_000_000,
  /** Decisions by random rules, each winner derived again from its record by an evaluator of its own. */
  derivedDecisions: 100_000,
  /** Fairness: seeded histories under random rules; who is free, who waits, and who was served before whom. */
  fairnessWalks: 1_000,
  /** Declining: shifts worked once by taking all and once by each policy of declining. */
  declinedShifts: 1_000,
  /** Replayed walks: seeded histories under random rules, each decision derived again, each history simulated again. */
  replayedWalks: 800,
  /** Converges: seeded histories, each compared at every cut between snapshot and events. */
  converges: 5_000,
  /** The same through a whole server, its database and its REST interface. */
  serverConverges: 200,
  /** Outbox: seeded runs of backfill, cutover while writing, slow reader, restart. */
  outboxRuns: 500,
  /** Log walks: seeded callers on two servers over one database that fails at seeded moments. */
  logWalks: 500,
  /** Archives: histories of random commands, each exported, imported into an empty installation and exported again. */
  archives: 400,
  /** The SDK's stream: seeded histories of lost connections, each event counted. */
  streamReconnects: 20_000,
  /** Simulation: seeded whole-system runs in virtual time. */
  simulations: 300,
  /** Quota model: sends that the ledger allows, each put to the simulator's own engine (F51). */
  quotaSends: 1_000_000,
  /** kill -9 at a named failpoint or any moment under push load, on each kind of database (F01, F02, F03, F08). */
  processKills: 200,
  /** kill -9 while the embedded PostgreSQL opens or recovers (F04). */
  databaseKills: 100,
  /** Two starts on one data folder at the same instant (F05). */
  doubleStarts: 50,
  /** Crossing transactions that must be retried unseen (F12). */
  crossingTransactions: 1_000,
  /** Sends at the same instant with a token that was just invalidated (F49). */
  concurrentSends: 1_000,
  /** Twenty apps that refresh their tokens at random, on two servers that restart (F50). */
  custodians: 50,
  /** Requests of every shape at every operation of the interface (N9). */
  hostileRequests: 10_000,
  /** Two apps that both claim the passive reply of one message (F59). */
  replyRaces: 1_000,
  /** Three apps, two agents and servers that die on one account, in virtual time; the rule of the passive reply recomputed. */
  coexistenceSchedules: 10_000,
  /** Three stock receivers of npm on one account, over HTTP and a real server. */
  coexistenceProcesses: 200,
  /** Days allocated once by routing and once by an app, in virtual time. */
  allocatedDays: 200,
  /** Seeded histories of transfer, close, switch, restart, kill -9 and suspension: what apps were pushed against the log. */
  neverBlind: 100,
  /** Sessions that several agents accept at the same instant (F72). */
  acceptRaces: 500,
} as const satisfies Record<string, number>

export type ProofName = keyof typeof nightSizes

const shares = { test: 0.01, ci: 0.1, night: 1 } as const

export type ProofLevel = keyof typeof shares

export function proofLevel(): ProofLevel {
  const level = process.env['DUOKE_PROOF'] ?? 'test'
  if (level === 'test' || level === 'ci' || level === 'night') return level
  throw new Error(`DUOKE_PROOF is "${level}"; it may be test, ci or night.`)
}

/** The number of runs (seeds, kills, cases) the named proof makes in this run of the tests: never 0. */
export function proofSize(name: ProofName, level: ProofLevel = proofLevel()): number {
  return Math.max(1, Math.round(nightSizes[name] * shares[level]))
}

export function proofNames(): ProofName[] {
  return Object.keys(nightSizes) as ProofName[] // the table's own keys: TypeScript widens Object.keys to string[]
}
