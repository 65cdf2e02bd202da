import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete'
import { RulesDocument, ruleFacts } from '@duoke/contract'
import { pathAt } from '../code/yaml-path.ts'

export type Known = {
  readonly teams: readonly { readonly id: string; readonly name: string }[]
  readonly apps: readonly { readonly id: string; readonly name: string }[]
}

/** The part of JSON Schema that the contract's own documents are made of. */
type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly const?: unknown
  readonly type?: string
  readonly description?: string
}

/** Keys and values that the contract allows where the cursor stands, and the facts within a condition. */
export function rulesCompletion(known: () => Known): CompletionSource {
  return (context) => {
    const { number, text, from } = context.state.doc.lineAt(context.pos)
    const before = text.slice(0, context.pos - from)
    const lines = context.state.doc.toString().split('\n', number)
    const value = /^\s*(?:-\s+)*([\w"'-]+):\s+(.*)$/.exec(before)
    const path = pathAt(lines, number - 1)
    if (value === null) return offer(context, /[\w-]*$/, keysAt(path))
    const key = (value[1] ?? '').replaceAll(/['"]/g, '')
    if (key === 'when') return offer(context, /[\w.]*$/, factsOf(lines, context))
    return offer(context, /[\w-]*$/, valuesAt([...path, key], known()))
  }
}

function offer(context: CompletionContext, word: RegExp, options: Completion[]): CompletionResult | null {
  const typed = context.matchBefore(word)
  if (options.length === 0 || (typed?.text === '' && !context.explicit)) return null
  return { from: typed?.from ?? context.pos, options, validFor: /^[\w.-]*$/ }
}

/** The schema behind a path of keys; nothing where the document ends. */
export function schemaAt(path: readonly string[]): Schema | undefined {
  // TypeBox's types are JSON Schema; only the generic view of it is of use here.
  return path.reduce<Schema | undefined>(step, RulesDocument as Schema)
}

function step(schema: Schema | undefined, key: string): Schema | undefined {
  const shaped = [schema, ...(schema?.anyOf ?? [])].find(
    (one) => one?.properties ?? one?.items ?? one?.patternProperties,
  )
  if (key === '-') return shaped?.items
  return shaped?.properties?.[key] ?? Object.values(shaped?.patternProperties ?? {})[0]
}

function keysAt(path: readonly string[]): Completion[] {
  const schema = schemaAt(path)
  return Object.entries(schema?.properties ?? {}).map(([label, { description }]) => ({
    label,
    apply: `${label}: `,
    type: 'property',
    ...(description !== undefined && { info: description }),
  }))
}

function valuesAt(path: readonly string[], { teams, apps }: Known): Completion[] {
  const key = path.at(-1)
  const named = key === 'team' ? teams : key === 'app' ? apps : []
  if (named.length > 0) return named.map(({ id, name }) => ({ label: id, detail: name }))
  const schema = schemaAt(path)
  const constants = [schema, ...(schema?.anyOf ?? [])].flatMap((one) => (one?.const === undefined ? [] : [one.const]))
  if (schema?.type === 'boolean') constants.push(true, false)
  return constants.map((constant) => ({ label: String(constant) }))
}

function factsOf(lines: readonly string[], context: CompletionContext): Completion[] {
  const all = [...lines, ...context.state.doc.toString().split('\n').slice(lines.length)]
  const hours = all.flatMap((line, at) => {
    const name = /^\s+([a-z]\w*):\s*$/.exec(line)?.[1]
    return name !== undefined && pathAt(all, at).join('/') === 'hours' ? [[`hours.${name}`, 'bool'] as const] : []
  })
  return [...leaves('', ruleFacts), ...hours].map(([label, detail]) => ({ label, detail }))
}

type Facts = { readonly [name: string]: string | Facts }

function leaves(prefix: string, facts: Facts): (readonly [string, string])[] {
  return Object.entries(facts).flatMap(([name, value]) =>
    typeof value === 'string' ? [[`${prefix}${name}`, value] as const] : leaves(`${prefix}${name}.`, value),
  )
}
