/** A JSON Schema as nested lists that a person can read. */
export function schemaList(schema: unknown): string {
  const node = nodeOf(schema)
  if (node.properties === undefined) return `<p>${described(node, 0)}</p>`
  return `<ul class="schema">${fields(node, 0)}</ul>`
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

type Node = {
  readonly type?: unknown
  readonly const?: unknown
  readonly description?: unknown
  readonly properties?: Readonly<Record<string, unknown>>
  readonly required?: readonly unknown[]
  readonly anyOf?: readonly unknown[]
  readonly allOf?: readonly unknown[]
  readonly items?: unknown
  readonly [key: string]: unknown
}

const deepest = 6

// A TypeBox schema is a plain JSON Schema object; every field is looked at before it is used.
const nodeOf = (schema: unknown): Node => (typeof schema === 'object' && schema !== null ? (schema as Node) : {})

function fields(node: Node, depth: number): string {
  return Object.entries(node.properties ?? {})
    .map(([name, schema]) => {
      const optional = node.required?.includes(name) ? '' : ' <em>optional</em>'
      return `<li><code>${escaped(name)}</code>${optional} ${described(nodeOf(schema), depth + 1)}</li>`
    })
    .join('')
}

function described(node: Node, depth: number): string {
  const about = typeof node.description === 'string' ? `: ${escaped(node.description)}` : ''
  return `${kind(node, depth)}${about}`
}

function kind(node: Node, depth: number): string {
  if (depth > deepest) return '…'
  if (node.const !== undefined) return `<code>${escaped(JSON.stringify(node.const))}</code>`
  if (node.anyOf !== undefined) return alternatives(node.anyOf, ' or ', depth)
  if (node.allOf !== undefined) return alternatives(node.allOf, ' and ', depth)
  if (node.type === 'array')
    return `list of ${kind(nodeOf(node.items), depth + 1)}${limits(node, 'minItems', 'maxItems')}`
  if (node.properties !== undefined) return `object<ul>${fields(node, depth)}</ul>`
  const bounds = limits(node, 'minLength', 'maxLength') + limits(node, 'minimum', 'maximum')
  const pattern = typeof node['pattern'] === 'string' ? ` <code>${escaped(node['pattern'])}</code>` : ''
  return escaped(typeof node.type === 'string' ? node.type : 'anything') + bounds + pattern
}

function alternatives(list: readonly unknown[], word: string, depth: number): string {
  return list.map((inner) => kind(nodeOf(inner), depth + 1)).join(word)
}

function limits(node: Node, least: string, most: string): string {
  const [from, to] = [node[least], node[most]]
  if (from === undefined && to === undefined) return ''
  return ` (${from ?? ''}…${to ?? ''})`
}
