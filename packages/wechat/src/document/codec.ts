import { decimalNumber, type Fields, type FieldValue, fieldValue, isFields, textOf, wholeNumber } from './fields.ts'

/** One property of a typed message and the wire fields that hold it. `undefined` from `read` means "not readable". */
export interface PropertyCodec<T> {
  readonly read: (fields: Fields) => { readonly value: T } | undefined
  readonly write: (value: T) => readonly (readonly [string, FieldValue])[]
}

/** A typed shape and its fields. Every property of the shape must be named, so none can be forgotten. */
export interface ShapeCodec<T> {
  readonly read: (fields: Fields) => T | undefined
  readonly write: (value: T) => Fields
}

export type PropertyCodecs<T> = { readonly [K in keyof T]-?: PropertyCodec<T[K]> }

export function shape<T extends object>(codecs: PropertyCodecs<T>): ShapeCodec<T> {
  // Object.entries forgets which codec belongs to which property; the mapped type above has checked the pairs.
  const pairs = Object.entries(codecs) as [keyof T & string, PropertyCodec<T[keyof T]>][]
  return {
    read: (fields) => {
      const found: [string, unknown][] = []
      for (const [property, codec] of pairs) {
        const reading = codec.read(fields)
        if (reading === undefined) return undefined
        if (reading.value !== undefined) found.push([property, reading.value])
      }
      // Each property was read by the codec of its own type.
      return Object.fromEntries(found) as T
    },
    write: (value) => Object.fromEntries(pairs.flatMap(([property, codec]) => codec.write(value[property]))),
  }
}

export function text(name: string): PropertyCodec<string> {
  return {
    read: (fields) => present(textOf(fields, name)),
    write: (value) => [[name, value]],
  }
}

export function optionalText(name: string): PropertyCodec<string | undefined> {
  return {
    read: (fields) => ({ value: textOf(fields, name) }),
    write: (value) => (value === undefined ? [] : [[name, value]]),
  }
}

/** A text that WeChat sends empty when there is none. */
export function filledText(name: string): PropertyCodec<string | undefined> {
  return {
    read: (fields) => ({ value: textOf(fields, name) || undefined }),
    write: (value) => (value === undefined ? [] : [[name, value]]),
  }
}

export function whole(name: string): PropertyCodec<number> {
  return {
    read: (fields) => present(wholeNumber(textOf(fields, name))),
    write: (value) => [[name, String(value)]],
  }
}

export function optionalWhole(name: string): PropertyCodec<number | undefined> {
  return {
    read: (fields) => ({ value: wholeNumber(textOf(fields, name)) }),
    write: (value) => (value === undefined ? [] : [[name, String(value)]]),
  }
}

export function decimal(name: string): PropertyCodec<number> {
  return {
    read: (fields) => present(decimalNumber(textOf(fields, name))),
    write: (value) => [[name, String(value)]],
  }
}

/** A group of fields under one name, such as `ScanCodeInfo`. */
export function group<T>(name: string, inner: ShapeCodec<T>): PropertyCodec<T> {
  return {
    read: (fields) => {
      const value = fieldValue(fields, name)
      return isFields(value) ? present(inner.read(value)) : undefined
    },
    write: (value) => [[name, inner.write(value)]],
  }
}

export function optionalGroup<T>(name: string, inner: ShapeCodec<T>): PropertyCodec<T | undefined> {
  return {
    read: (fields) => {
      const value = fieldValue(fields, name)
      return isFields(value) ? present(inner.read(value)) : { value: undefined }
    },
    write: (value) => (value === undefined ? [] : [[name, inner.write(value)]]),
  }
}

/**
 * A list. XML repeats an element inside a wrapper (`Articles/item`), JSON may hold the array in the wrapper's place;
 * both are read, and one entry alone is a list of one. The path names the wrappers down to the repeated element.
 */
export function list<T>(path: readonly [string, string], inner: ShapeCodec<T>): PropertyCodec<readonly T[]> {
  const [wrapper, item] = path
  return {
    read: (fields) => {
      const held = fieldValue(fields, wrapper)
      return allRead(entriesOf(isFields(held) && Object.hasOwn(held, item) ? held[item] : held), inner)
    },
    write: (values) => [[wrapper, values.length === 0 ? '' : { [item]: values.map((value) => inner.write(value)) }]],
  }
}

/** A list in a JSON body: the array stands directly under its name. */
export function jsonList<T>(name: string, inner: ShapeCodec<T>): PropertyCodec<readonly T[]> {
  return {
    read: (fields) => {
      const held = fieldValue(fields, name)
      return Array.isArray(held) ? allRead(held, inner) : undefined
    },
    write: (values) => [[name, values.map((value) => inner.write(value))]],
  }
}

function allRead<T>(
  entries: readonly FieldValue[],
  inner: ShapeCodec<T>,
): { readonly value: readonly T[] } | undefined {
  const items: T[] = []
  for (const entry of entries) {
    const value = isFields(entry) ? inner.read(entry) : undefined
    if (value === undefined) return undefined
    items.push(value)
  }
  return { value: items }
}

function entriesOf(value: FieldValue | undefined): readonly FieldValue[] {
  if (value === undefined || value === '') return []
  return typeof value === 'string' || isFields(value) ? [value] : value
}

function present<T>(value: T | undefined): { readonly value: T } | undefined {
  return value === undefined ? undefined : { value }
}
