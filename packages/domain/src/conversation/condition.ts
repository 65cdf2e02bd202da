import { conditionFacts } from '@duoke/contract'
import { Environment, type ParseResult } from '@marcbachmann/cel-js'

/** What a responder's condition may look at: `message.type == 'text' && conversation.holder.kind != 'agent'`. */
export type ConditionScene = {
  /** `event` and `key` of what is no message, as `menu-click`; `text` also of a voice that WeChat recognized. */
  readonly message: { readonly type: string; readonly text: string; readonly event: string; readonly key: string }
  readonly conversation: {
    readonly holder: { readonly kind: string; readonly id: string }
    /** Nobody has served the customer before. */
    readonly isFirst: boolean
  }
  /** `owner` is the agent whose customer this is, empty while nobody's. */
  readonly customer: {
    readonly id: string
    readonly following: boolean
    readonly tags: readonly string[]
    readonly owner: string
  }
  readonly account: { readonly id: string; readonly kind: string }
  /** In the organization's time zone; `weekday` 1 is Monday, `date` as 2026-03-02. */
  readonly time: { readonly hour: number; readonly minute: number; readonly weekday: number; readonly date: string }
}

/** Loops and regular expressions would let one condition cost more than the whole push. */
const functions = new Set([
  'size',
  'contains',
  'startsWith',
  'endsWith',
  'trim',
  'lowerAscii',
  'upperAscii',
  'int',
  'string',
])
export const conditionLimits = {
  maxAstNodes: 200,
  maxDepth: 30,
  maxListElements: 50,
  maxMapEntries: 10,
  maxCallArguments: 4,
}

const environment = Object.entries(conditionFacts).reduce(
  (known, [name, fields]) => known.registerVariable({ name, schema: fields }),
  new Environment({ limits: conditionLimits }),
)

const compiled = new Map<string, ParseResult>()
const mostCompiled = 1000

/** Why a condition cannot be used; null when it can. */
export function faultOfCondition(text: string): string | null {
  try {
    const checked = environment.check(text)
    if (!checked.valid) return firstLine(checked.error?.message)
    if (checked.type !== 'bool') return `is ${checked.type}, not true or false`
    const strange = strangeCalls(environment.parse(text).ast)
    return strange.length === 0 ? null : `${strange.join(', ')} is not among ${[...functions].join(', ')}`
  } catch (error) {
    return firstLine(error instanceof Error ? error.message : String(error))
  }
}

/** True or false; a condition that fails on this message is as good as false, and says why. */
export function evaluateCondition(text: string, scene: ConditionScene): boolean | { readonly fault: string } {
  try {
    const { hour, minute, weekday, date } = scene.time
    const time = { hour: BigInt(hour), minute: BigInt(minute), weekday: BigInt(weekday), date }
    return programOf(text)({ ...scene, time }) === true
  } catch (error) {
    return { fault: firstLine(error instanceof Error ? error.message : String(error)) }
  }
}

function programOf(text: string): ParseResult {
  const known = compiled.get(text)
  if (known !== undefined) return known
  const program = environment.parse(text)
  if (compiled.size >= mostCompiled) compiled.clear()
  compiled.set(text, program)
  return program
}

const firstLine = (message: string | undefined): string => (message ?? 'is no condition').split('\n')[0] ?? ''

/** Calls anywhere in the tree that are not in the list above. */
export function strangeCalls(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(strangeCalls)
  if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) return []
  const { op, args } = node
  const name = (op === 'call' || op === 'rcall') && Array.isArray(args) ? String(args[0]) : null
  return [...(name === null || functions.has(name) ? [] : [name]), ...strangeCalls(args)]
}
