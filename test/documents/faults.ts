// The faults that the tests work through. A test that covers one names its number in its title.
import { table } from './markdown.ts'

export type Fault = { id: string; fault: string; behaviour: string }

/** Rows that a release needs a test for; the others are listed as soon as a test names them. */
export const required = [...range('F', 1, 8), ...range('F', 26, 28), ...range('F', 31, 43), ...range('F', 46, 51)]

function range(letter: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `${letter}${String(from + index).padStart(2, '0')}`)
}

export type NamedTest = { title: string; path: string }

/** Tests by the fault that their title names; a range such as F31-F33 names its ends and all between. */
export function testsOf(tests: NamedTest[]): Map<string, NamedTest[]> {
  const found = new Map<string, NamedTest[]>()
  for (const test of tests) {
    for (const id of faultsIn(test.title)) found.set(id, [...(found.get(id) ?? []), test])
  }
  return found
}

function faultsIn(title: string): Set<string> {
  const single = [...title.matchAll(/\bF\d\d\b/g)].map(([id]) => id)
  const ranges = [...title.matchAll(/\bF(\d\d)\s*[-–]\s*F(\d\d)\b/g)]
  return new Set([...single, ...ranges.flatMap(([, from, to]) => range('F', Number(from), Number(to)))])
}

export function titlesIn(path: string, text: string): NamedTest[] {
  const calls = text.matchAll(/\b(?:test|it|describe)\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs)
  return [...calls].map(([, , title = '']) => ({ title: title.replaceAll(/\\(.)/g, '$1'), path }))
}

export function faultsTable(faults: Fault[], tests: NamedTest[]): string {
  const covered = testsOf(tests)
  const rows = faults
    .filter(({ id }) => covered.has(id))
    .map(({ id, fault, behaviour }) => [id, fault, behaviour, [...new Set(covered.get(id)?.map(link))].join('<br>')])
  return table(['Row', 'What goes wrong', 'What must happen', 'Tests'], rows)
}

function link({ path }: NamedTest): string {
  return `[${path.split('/').at(-1)}](../../${path})`
}

function row(id: string, fault: string, behaviour: string): Fault {
  return { id, fault, behaviour }
}

export const processFaults: Fault[] = [
  row('F01', 'Duoke is killed between storing a push and answering WeChat', "WeChat's retry is recognised"),
  row('F02', 'Duoke is killed between the answer and the work that follows', 'the work goes on after the start'),
  row('F03', 'Duoke is killed between a send and its record', 'the outcome is unknown; it is not sent again'),
  row('F04', 'the embedded database is killed while it opens or recovers', 'it opens again'),
  row('F05', 'two processes open one data folder', 'the second stops with a clear message'),
  row('F06', 'the power fails, embedded database', 'every confirmed push is there afterwards'),
  row('F07', 'PostgreSQL is set so that it may lose confirmed writes', 'the start is refused, naming the setting'),
  row('F08', 'PostgreSQL restarts', 'pushes meanwhile are refused, so that WeChat retries; none is lost or doubled'),
  row('F09', 'failover to a replica that lags', 'the gap is reported and not hidden'),
  row('F10', 'the database answers slowly', 'WeChat is told to come again within 2.5 s'),
  row('F11', 'all connections are taken', 'load is shed; pushes keep a lane of their own'),
  row('F12', 'deadlocks and serialization failures', 'retried unseen'),
  row('F13', 'NATS is gone', 'readers go on by asking; nothing is lost'),
  row('F15', 'the disk is full', 'new pushes are refused; it recovers by itself'),
  row('F16', 'a flush to disk fails', 'the database stops at once and recovers from its log'),
  row('F17', 'a flipped bit in the data', 'the checksum finds it'),
  row('F18', 'memory runs short', 'queues are bounded'),
  row('F19', 'a process stands still for 30 s and goes on', 'its claims have ended; it does not send'),
  row('F20', 'the clock jumps', 'no claim is lost or prolonged'),
  row('F21', "two servers' clocks differ", 'order comes from the log'),
  row('F22', 'a migration stops half-way', 'it goes on at the next start'),
  row('F23', 'the previous version starts on the new tables', 'it works'),
  row('F24', 'restart by SIGTERM', 'work in hand is finished, sockets come back'),
  row('F25', 'an old backup is restored', 'readers learn of the rewind; nothing is sent again'),
]

export const inboundFaults: Fault[] = [
  row('F26', 'the same push arrives three times', 'one message, the same answer each time'),
  row('F27', 'a second push arrives while the first is being taken', 'it waits for the same outcome'),
  row('F28', 'events without a message id in the same second', 'different ones are kept, repetitions dropped'),
  row('F29', 'pushes out of order', 'shown in the order of arrival'),
  row('F30', 'no push for long', 'an alarm for the silent account'),
  row('F31', 'a huge or endless body', 'cut off by size and by time'),
  row('F32', 'document types and external entities', 'refused'),
  row('F33', 'documents that grow when parsed', 'refused by size, depth and count'),
  row('F34', 'bytes that are not UTF-8', 'refused, never repaired silently'),
  row('F35', 'elements forged inside a text', 'a text stays a text'),
  row('F36', 'texts that look like numbers, 64-bit ids', 'strings stay strings'),
  row('F37', 'emoji, joiners, surrogates, direction marks', 'stored and shown without loss'),
  row('F38', 'control characters', 'replaced at the edge, the raw push kept'),
  row('F39', 'a wrong signature, key, appid or padding', 'refused before parsing, always in the same words'),
  row('F40', 'a genuine push is replayed', 'harmless at once, refused after ten minutes'),
  row('F41', 'the plain half and the encrypted half disagree', 'only the encrypted half is believed'),
  row('F42', 'token or key are rotated while pushes arrive', 'both are accepted for an overlap'),
  row('F43', 'an unknown kind of push', 'kept raw, shown as unknown, never an error'),
  row('F44', 'media expired or cannot be fetched', 'retried, then shown as expired'),
  row('F45', 'a message that crashes its worker', 'parked; the rest goes on'),
]

export const outboundFaults: Fault[] = [
  row('F46', 'no answer after WeChat took the send', 'unknown; never sent again by itself'),
  row('F47', 'no connection, no name, no trust', 'provably not sent; tried again'),
  row('F48', 'busy, or an error page', 'unknown unless documented as refused'),
  row('F49', 'a token is refused', 'one renewal for all servers, one more try'),
  row('F50', 'everybody needs a token at once, or another system takes it', 'one call; the conflict is noticed'),
  row('F51', 'the window is closed or the allowance used up', 'shown before sending; no retry'),
  row('F52', 'the daily limit of the account', 'live answers keep their share'),
  row('F53', 'unsubscribed, not permitted', 'final, with the reason'),
  row('F54', 'half an answer, or two', 'unknown'),
  row('F55', 'our address is not on the list', 'the account is shown as degraded; sends wait'),
  row('F56', 'the clock says the token is good, WeChat disagrees', 'renewed because of the refusal'),
  row('F57', 'an upload ends half-way', 'one file in the end'),
]

export const platformFaults: Fault[] = [
  row('F58', "an app is slow within WeChat's five seconds", 'WeChat is answered in time'),
  row('F59', 'two apps claim the passive reply', 'one wins by priority, the other is told'),
  row('F60', "an app's endpoint is away for days", 'paused; events are kept'),
  row('F61', 'an endpoint answers oddly', 'nobody else waits for it'),
  row('F62', 'an endpoint takes an event and dies', 'the same event again, with the same id'),
  row('F63', 'a signing secret is rotated', 'both signatures for an overlap'),
  row('F64', 'an app makes too many calls', 'limited by itself'),
  row('F65', 'an app is removed while working', 'its tokens end within five seconds'),
  row('F66', 'a refresh token is used twice', 'its family ends'),
  row('F67', 'an app answers itself', 'the loop is cut'),
  row('F68', 'an idempotency key is used again', 'one effect; another body is refused'),
  row('F69', 'an extension of the console misbehaves', 'the console goes on'),
  row('F70', 'an event gains fields', 'older apps go on'),
  row('F71', 'a cursor is too old, foreign or forged', 'said so, never skipped silently'),
]

export const agentFaults: Fault[] = [
  row('F72', 'two agents accept at the same instant', 'one gets it, the other sees who'),
  row('F73', "an agent's connection is dead without a word", 'noticed; sessions are given back after a grace time'),
  row('F74', 'an agent comes back with an old state', 'snapshot and events give the fresh one'),
  row('F75', 'one agent in two tabs', 'both show one copy'),
  row('F76', 'an answer is sent during a transfer', 'refused; the draft stays'),
  row('F77', 'a thousand connections break at once', 'they come back spread out'),
  row('F78', 'a rule changes while sessions wait', 'no session is lost or doubled'),
  row('F79', 'nobody is there', 'exactly one automatic answer'),
  row('F80', 'late events', 'figures are folds of the log: recomputed equals incremental'),
  row('F81', 'time zones and day boundaries', 'sums agree'),
  row('F82', 'erasure during an open conversation', 'nothing remains'),
  row('F83', 'the log output is blocked', 'work goes on'),
  row('F84', 'names cannot be resolved', 'the last good address serves for five minutes'),
  row('F85', 'a certificate has expired or is not trusted', 'not sent; checks are never switched off'),
]

export const faults: Fault[] = [
  ...processFaults,
  ...inboundFaults,
  ...outboundFaults,
  ...platformFaults,
  ...agentFaults,
]
