// The document of `duoke apply`, one line a field, from the schema that both of its edges check with.
import { code, table } from './markdown.ts'
import { schemaText } from './schema-text.ts'

type Schema = {
  anyOf?: unknown
  default?: unknown
  description?: unknown
  items?: unknown
  properties?: unknown
  required?: unknown
}

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null

/** What is inside a list, or an object that may also be null. */
function insideOf(schema: unknown): { schema: Schema; suffix: string } | null {
  if (!isSchema(schema)) return null
  if (isSchema(schema.properties)) return { schema, suffix: '' }
  if (isSchema(schema.items) && isSchema(schema.items.properties)) return { schema: schema.items, suffix: '[]' }
  const variants: unknown[] = Array.isArray(schema.anyOf) ? schema.anyOf : []
  const objects = variants.filter((variant) => isSchema(variant) && isSchema(variant.properties))
  const isOnlyOrNull = objects.length === 1 && variants.length === 2 && JSON.stringify(variants).includes('"null"')
  return isOnlyOrNull ? insideOf(objects[0]) : null
}

function rowsOf(schema: Schema, prefix: string): string[][] {
  const required: unknown[] = Array.isArray(schema.required) ? schema.required : []
  const fields = isSchema(schema.properties) ? Object.entries(schema.properties) : []
  return fields.flatMap(([name, field]) => {
    if (!isSchema(field)) return []
    const inside = insideOf(field)
    const path = `${prefix}${name}${inside?.suffix ?? ''}`
    const meaning = typeof field.description === 'string' ? field.description : ''
    const fallback = field.default === undefined ? '' : code(JSON.stringify(field.default))
    const type = inside === null ? schemaText(field, 1) : ''
    const row = [code(path), type, required.includes(name) ? 'yes' : 'no', fallback, meaning]
    return [row, ...(inside === null ? [] : rowsOf(inside.schema, `${path}.`))]
  })
}

export function documentTable(schema: unknown): string {
  return table(['Field', 'Type', 'Needed', 'Default', 'Meaning'], isSchema(schema) ? rowsOf(schema, '') : [])
}
