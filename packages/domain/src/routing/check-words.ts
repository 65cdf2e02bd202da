import { quotaWindows, type Rule, type RuleFinding } from '@duoke/contract'

type WordsFinding = Pick<RuleFinding, 'severity' | 'code' | 'path' | 'message'>

const defaultEveryMs = 300_000

const warning = (code: string, path: string, message: string): WordsFinding => ({
  severity: 'warning',
  ...{ code, path, message },
})

/** What customers would be told as it stands there, braces and all. */
function unfilled(path: string, text: string | undefined, known: readonly string[]): WordsFinding[] {
  const names = [...(text ?? '').matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  return [...new Set(names)]
    .filter((name) => !known.includes(name))
    .map((name) => warning('unknown_placeholder', path, `{${name}} is not filled in here, and would be sent as it is`))
}

/** What is doubtful in the words of a rule, and in how often they would be sent; `path` is that of the rule's `then`. */
export function checkWords({ then }: Rule, path: string): WordsFinding[] {
  const { reply, waitingReply, placeReply, waitingUpdates, refuse, queue } = then
  const ofPlace = ['position', 'wait']
  return [
    ...unfilled(`${path}/reply`, reply, []),
    ...unfilled(`${path}/refuse/reply`, refuse?.reply, []),
    ...unfilled(`${path}/queue/refusal`, queue?.refusal, []),
    ...unfilled(`${path}/waitingReply`, waitingReply, ofPlace),
    ...unfilled(`${path}/placeReply/reply`, placeReply?.reply, ofPlace),
    ...unfilled(`${path}/waitingUpdates/reply`, waitingUpdates?.reply, ofPlace),
    ...(waitingUpdates === undefined ? [] : checkUpdates(waitingUpdates, queue?.maxWaitMs, `${path}/waitingUpdates`)),
  ]
}

type Updates = NonNullable<Rule['then']['waitingUpdates']>

function checkUpdates(updates: Updates, maxWaitMs: number | undefined, path: string): WordsFinding[] {
  const { reply, everyMs = defaultEveryMs, atMost = 2, keep = 3 } = updates
  const { limit } = quotaWindows.message
  const findings: WordsFinding[] = []
  if (!/\{(position|wait)\}/.test(reply)) {
    const message = 'tells neither {position} nor {wait}: it would say the same again'
    findings.push({ severity: 'error', code: 'says_nothing', path: `${path}/reply`, message })
  }
  if (maxWaitMs !== undefined && maxWaitMs <= everyMs) {
    const message = `nobody waits for longer than ${maxWaitMs} ms, and the first would be sent after ${everyMs} ms`
    findings.push(warning('never_sent', `${path}/everyMs`, message))
  }
  if (atMost + keep > limit) {
    const message = `WeChat allows ${limit} answers to a message: with ${keep} kept for the agent at most ${limit - keep} are sent`
    findings.push(warning('allowance_short', `${path}/atMost`, message))
  }
  return findings
}
