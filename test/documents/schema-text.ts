// A JSON schema in a few words, for one cell of a table.

type Schema = {
  type?: unknown
  const?: unknown
  enum?: unknown
  anyOf?: unknown
  items?: unknown
  properties?: unknown
  required?: unknown
  patternProperties?: unknown
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null
}

/** `name`, `name?`, … of an object, or the schema in words when it is not one. */
export function fieldNames(schema: unknown): string {
  if (!isSchema(schema)) return ''
  const fields = fieldsOf(schema)
  if (fields.length === 0) return schemaText(schema, 0)
  return fields.map(({ name, optional, type }) => `\`${name}${optional ? '?' : ''}\` ${schemaText(type, 1)}`).join(', ')
}

export function schemaText(schema: unknown, depth: number): string {
  if (!isSchema(schema)) return 'any'
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' or ')
  if (Array.isArray(schema.anyOf)) return variants(schema.anyOf, depth)
  if (schema.type === 'array') return `list of ${schemaText(schema.items, depth)}`
  const fields = fieldsOf(schema)
  if (fields.length > 0 && depth < 2) {
    return `{ ${fields.map(({ name, optional }) => `${name}${optional ? '?' : ''}`).join(', ')} }`
  }
  return typeof schema.type === 'string' ? schema.type : 'any'
}

function variants(schemas: unknown[], depth: number): string {
  const texts = [...new Set(schemas.map((variant) => kindOf(variant) ?? schemaText(variant, depth)))]
  return texts.join(' or ')
}

/** Variants of a union are told apart by one constant field; its value says enough. */
function kindOf(schema: unknown): string | undefined {
  if (!isSchema(schema)) return undefined
  const tag = fieldsOf(schema).find(({ type }) => isSchema(type) && type.const !== undefined)
  return tag && isSchema(tag.type) ? `${tag.name} ${JSON.stringify(tag.type.const)}` : undefined
}

function fieldsOf(schema: Schema): { name: string; optional: boolean; type: unknown }[] {
  if (!isSchema(schema.properties)) return []
  const required: unknown[] = Array.isArray(schema.required) ? schema.required : []
  return Object.entries(schema.properties).map(([name, type]) => ({ name, optional: !required.includes(name), type }))
}
