import { type RuleFinding, RulesDocument } from '@duoke/contract'
import { checkRules, type Finding, type KnownToRules } from '@duoke/domain'
import { Value } from 'typebox/value'
import { type Document, isScalar, LineCounter, parseDocument } from 'yaml'

export type GivenRules = { readonly text?: string; readonly document?: unknown }
export type ReadRules = {
  /** Null when the document does not have the documented form. */
  readonly document: RulesDocument | null
  readonly findings: RuleFinding[]
}

type Source = { readonly parsed: Document.Parsed; readonly lines: LineCounter }
type Place = Pick<RuleFinding, 'line' | 'column'>
const nowhere: Place = { line: null, column: null }

/** Reads a rules document as text or object and says everything that can be known of it; JSON is read as the YAML that it is. */
export function readRules({ text, document }: GivenRules, known: KnownToRules): ReadRules {
  if (text === undefined) return check(document, known, null)
  const lines = new LineCounter()
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const unparsable = parsed.errors.map(({ message, pos: [at] }) =>
    finding('error', 'unparsable', '', message.split('\n')[0] ?? message, placeAt(lines, at)),
  )
  if (unparsable.length > 0) return { document: null, findings: unparsable }
  try {
    return check(parsed.toJS({ maxAliasCount: 0 }), known, { parsed, lines })
  } catch (error) {
    // An alias would let a small text stand for a very large document.
    if (!(error instanceof ReferenceError)) throw error
    return { document: null, findings: [finding('error', 'unparsable', '', 'aliases are not available', nowhere)] }
  }
}

function check(value: unknown, known: KnownToRules, source: Source | null): ReadRules {
  const errors = [...Value.Errors(RulesDocument, value)]
  const strange = new Set(
    errors.flatMap(({ instancePath, params }) =>
      'additionalProperties' in params
        ? [params.additionalProperties].flat().map((name) => `${instancePath}/${String(name)}`)
        : [],
    ),
  )
  // A field that does not exist is told once, and not again as a value of the wrong kind.
  const told = errors.filter(({ instancePath }) => !strange.has(instancePath))
  const malformed = told.map(({ instancePath, message, params }) => {
    const isStrange = 'additionalProperties' in params
    const code = isStrange ? 'unknown_field' : 'malformed'
    const sentence = isStrange ? `${message}: ${String(params.additionalProperties)}` : message
    return finding('error', code, instancePath, sentence, placeOf(source, instancePath))
  })
  if (malformed.length > 0) return { document: null, findings: malformed.slice(0, 50) }
  const document = value as RulesDocument // without an error it is one
  const findings = checkRules(document, known).map(({ at, ...one }) => ({
    ...one,
    ...placeOf(source, one.path, at),
  }))
  return { document, findings }
}

function finding(
  severity: Finding['severity'],
  code: string,
  path: string,
  message: string,
  place: Place,
): RuleFinding {
  return { severity, code, path, message, ...place }
}

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

/** Where the value of a path stands; within a condition, the character that is meant. */
function placeOf(source: Source | null, path: string, at = 0): Place {
  if (source === null) return nowhere
  const steps = path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  for (let length = steps.length; length >= 0; length--) {
    const keys = steps.slice(0, length).map((step) => (/^\d+$/.test(step) ? Number(step) : step))
    const node = source.parsed.getIn(keys, true)
    if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) continue
    const [start] = node.range
    if (typeof start !== 'number') continue
    const isQuoted = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE')
    return placeAt(source.lines, start + (length === steps.length ? at + (isQuoted && at > 0 ? 1 : 0) : 0))
  }
  return nowhere
}
