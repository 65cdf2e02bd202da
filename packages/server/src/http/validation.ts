import { type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { Refused } from './refused.ts'

/** Checks a part of a request and answers it with its type, or refuses and names each field. */
export type Check = (value: unknown) => unknown

const nothing = Type.Object({}, { additionalProperties: false })

/** A missing body counts as an empty object, so that a body of optional fields may be left out. */
export function checkBody(schema: TSchema | undefined): Check {
  const check = compile(schema ?? nothing, 'body')
  return (value) => check(value === undefined ? {} : value)
}

/** Query texts become numbers and booleans where the schema says so; anything given twice is refused (N4). */
export function checkQuery(schema: TSchema | undefined): Check {
  const object = schema ?? nothing
  const check = compile(object, 'query')
  const kinds = kindsOf(object)
  return (value) => {
    const given = Object.entries(value ?? {}).map(([name, text]): [string, unknown] => [
      name,
      typeof text === 'string' ? converted(text, kinds[name]) : text,
    ])
    return check(Object.fromEntries(given))
  }
}

function compile(schema: TSchema, part: string): Check {
  const validator = Compile(schema)
  return (value) => {
    if (validator.Check(value)) return value
    const errors = validator.Errors(value).map(({ instancePath, message, params }) => ({
      path: `/${part}${instancePath}`,
      message: message + named(params),
    }))
    throw new Refused('invalid_request', { errors: errors.slice(0, 20) })
  }
}

/** The names that a message leaves to its parameters. */
function named(params: object): string {
  const list = 'additionalProperties' in params ? params.additionalProperties : undefined
  return Array.isArray(list) ? `: ${list.join(', ').slice(0, 200)}` : ''
}

function kindsOf(schema: TSchema): Readonly<Record<string, string>> {
  const properties: unknown = 'properties' in schema ? schema.properties : undefined
  if (typeof properties !== 'object' || properties === null) return {}
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, 'type' in property ? String(property.type) : '']),
  )
}

function converted(text: string, kind: string | undefined): unknown {
  if ((kind === 'integer' || kind === 'number') && /^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text)
  if (kind === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  return text
}
