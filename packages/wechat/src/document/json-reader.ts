import { DocumentError, documentLimits, type Fields, type FieldValue, isFields } from './fields.ts'
import { storableText } from './storable-text.ts'

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y
const SPACE = /[ \t\n\r]*/y
const LITERALS: readonly (readonly [string, string])[] = [
  ['true', 'true'],
  ['false', 'false'],
  ['null', ''],
]

/**
 * Reads a JSON object into fields, every number as the digits that were sent: JSON.parse would round a 64-bit MsgId
 * (protocol reference, section 0) and let the second of two equal names win. Not every supported Node gives a reviver
 * the source text, so this walks the document itself and leaves only the decoding of strings to JSON.parse.
 */
export function readJson(document: string): Fields {
  if (document.length > documentLimits.characters) throw new DocumentError('too-large')
  const reader = new JsonReader(storableText(document))
  const value = reader.document()
  if (!isFields(value)) throw new DocumentError('wrong-root')
  return value
}

class JsonReader {
  readonly #text: string
  #at = 0
  #elements = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): FieldValue {
    const value = this.#value(0)
    this.#skipSpace()
    if (this.#at !== this.#text.length) throw this.#unexpected()
    return value
  }

  #value(depth: number): FieldValue {
    this.#elements += 1
    if (depth > documentLimits.depth) throw new DocumentError('too-deep')
    if (this.#elements > documentLimits.elements) throw new DocumentError('too-many-elements')
    this.#skipSpace()
    const next = this.#text[this.#at]
    if (next === '{') return this.#object(depth)
    if (next === '[') return this.#array(depth)
    if (next === '"') return this.#string()
    for (const [literal, value] of LITERALS) {
      if (!this.#text.startsWith(literal, this.#at)) continue
      this.#at += literal.length
      return value
    }
    return this.#match(NUMBER)
  }

  #object(depth: number): Fields {
    const entries = new Map<string, FieldValue>()
    this.#take('{')
    while (!this.#takeIf('}')) {
      if (entries.size > 0) this.#take(',')
      this.#skipSpace()
      const name = this.#string()
      if (entries.has(name)) throw new DocumentError('duplicate-field', name.slice(0, 100))
      this.#take(':')
      entries.set(name, this.#value(depth + 1))
    }
    return Object.fromEntries(entries)
  }

  #array(depth: number): readonly FieldValue[] {
    const items: FieldValue[] = []
    this.#take('[')
    while (!this.#takeIf(']')) {
      if (items.length > 0) this.#take(',')
      items.push(this.#value(depth + 1))
    }
    return items
  }

  #string(): string {
    const source = this.#match(STRING)
    try {
      return storableText(String(JSON.parse(source)))
    } catch {
      throw this.#unexpected()
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found === undefined) throw this.#unexpected()
    this.#at += found.length
    return found
  }

  #skipSpace(): void {
    this.#match(SPACE)
  }

  #takeIf(character: string): boolean {
    this.#skipSpace()
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #take(character: string): void {
    if (!this.#takeIf(character)) throw this.#unexpected()
  }

  #unexpected(): DocumentError {
    return new DocumentError('not-well-formed', `at character ${this.#at}`)
  }
}
