// What the tidy tests need to know of a source file, read with a real parser.
import { type Node, parseSync, type Span, Visitor } from 'oxc-parser'
import type { TextFile } from './repository.ts'

export type Import = { specifier: string; names: string[]; line: number }
export type FunctionSpan = { name: string; line: number; lines: number }
export type Source = TextFile & {
  lineCount: number
  imports: Import[]
  functions: FunctionSpan[]
  /** Dotted names that are read or called, e.g. `Date.now`, `new Date`, `fetch`. */
  uses: { name: string; line: number }[]
  comments: { text: string; line: number }[]
  assertions: { line: number; reason: boolean }[]
}

export function isSource(path: string): boolean {
  return /\.(ts|tsx|js|mjs|cjs)$/.test(path) && !path.endsWith('.d.ts')
}

export function isTest(path: string): boolean {
  return (
    /\.test\.tsx?$|\/testing\//.test(path) ||
    /^(test|bench)\//.test(path) ||
    /^packages\/[^/]+\/(test|bench|dev)\//.test(path)
  )
}

export function parse({ path, text }: TextFile): Source {
  const { program, module, comments, errors } = parseSync(path, text)
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`)
  const lineOf = lineFinder(text)
  const source: Source = {
    path,
    text,
    lineCount: text.split('\n').length - 1,
    imports: [],
    functions: [],
    uses: [],
    comments: comments.map((comment) => ({ text: comment.value, line: lineOf(comment.start) })),
    assertions: [],
  }
  collectImports(source, module, lineOf)
  const commented = new Set(comments.flatMap(({ start, end }) => [lineOf(start), lineOf(end), lineOf(end) + 1]))
  visit(source, program, lineOf, commented)
  return source
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low + 1
  }
}

type Module = ReturnType<typeof parseSync>['module']

function collectImports(source: Source, module: Module, lineOf: (offset: number) => number): void {
  for (const found of module.staticImports) {
    const names = found.entries.map((entry) => entry.importName.name ?? entry.importName.kind.toLowerCase())
    source.imports.push({ specifier: found.moduleRequest.value, names, line: lineOf(found.start) })
  }
  for (const found of module.staticExports) {
    const from = found.entries[0]?.moduleRequest
    if (from) source.imports.push({ specifier: from.value, names: [], line: lineOf(found.start) })
  }
  for (const found of module.dynamicImports) {
    const text = source.text.slice(found.moduleRequest.start, found.moduleRequest.end)
    if (/^['"]/.test(text)) source.imports.push({ specifier: text.slice(1, -1), names: [], line: lineOf(found.start) })
  }
}

function visit(
  source: Source,
  program: ReturnType<typeof parseSync>['program'],
  lineOf: (offset: number) => number,
  commented: Set<number>,
): void {
  // Suites only hold tests; their length says nothing.
  const suites = new Set<unknown>()
  const add = (node: Span & { id?: { name: string } | null }) => {
    if (suites.has(node)) return
    const line = lineOf(node.start)
    source.functions.push({ name: node.id?.name ?? 'function', line, lines: lineOf(node.end) - line + 1 })
  }
  const use = (name: string | undefined, start: number) => {
    if (name !== undefined) source.uses.push({ name, line: lineOf(start) })
  }
  new Visitor({
    CallExpression(node) {
      if (dotted(node.callee) === 'describe') for (const argument of node.arguments) suites.add(argument)
      if (node.callee.type === 'Identifier') use(node.callee.name, node.start)
    },
    NewExpression(node) {
      const name = dotted(node.callee)
      if (name !== undefined) use(`new ${name}${node.arguments.length === 0 ? '()' : ''}`, node.start)
    },
    MemberExpression(node) {
      use(dotted(node), node.start)
    },
    FunctionDeclaration: add,
    FunctionExpression: add,
    ArrowFunctionExpression: add,
    TSAsExpression(node) {
      const annotation = node.typeAnnotation
      if (annotation.type === 'TSTypeReference' && dotted(annotation.typeName) === 'const') return
      const line = lineOf(node.start)
      source.assertions.push({ line, reason: commented.has(line) || commented.has(lineOf(node.end)) })
    },
  }).visit(program)
}

function dotted(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.name
  if (node.type !== 'MemberExpression' || node.property.type !== 'Identifier' || node.computed) return undefined
  const object = dotted(node.object)
  return object === undefined ? undefined : `${object}.${node.property.name}`
}
