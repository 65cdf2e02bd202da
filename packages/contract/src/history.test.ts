import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type { EventDeclaration } from './event-declaration.ts'
import { type EventType, events, type LoggedEvent } from './events.ts'

/** What events looked like when each history was written; `packages/domain/src/testing/write-history.ts` adds one. */
const folder = join(import.meta.dirname, '..', 'history')

type Schema = {
  readonly type?: string
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}
type Kept = Readonly<Record<string, { readonly version: number; readonly facts: Schema; readonly personal?: Schema }>>

/** Where a reader of `then` would miss something in `now`; additions are none. */
function losses(then: Schema, now: Schema | undefined, path: string): string[] {
  if (now === undefined) return [`${path} is gone`]
  if (then.anyOf !== undefined || now.anyOf !== undefined) {
    const [before, after] = [then.anyOf ?? [then], now.anyOf ?? [now]]
    return before
      .filter((one) => !after.some((other) => losses(one, other, path).length === 0))
      .map((one) => `${path} is never ${JSON.stringify(one).slice(0, 80)} any more`)
  }
  if (then.type !== now.type || then.const !== now.const) return [`${path} has another type`]
  const fields = Object.entries(then.properties ?? {}).flatMap(([name, schema]) => [
    ...losses(schema, now.properties?.[name], `${path}.${name}`),
    ...(then.required?.includes(name) && !now.required?.includes(name) ? [`${path}.${name} may be left out`] : []),
  ])
  return then.items === undefined ? fields : [...fields, ...losses(then.items, now.items, `${path}[]`)]
}

const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8')
const linesOf = (text: string): LoggedEvent[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))

for (const history of readdirSync(folder)) {
  describe(`events as of ${history}`, () => {
    test('F70: events gain fields and lose none: what a reader of that day looks for is there, with its type', () => {
      const kept: Kept = JSON.parse(read(history, 'declarations.json'))
      for (const [type, { version, facts, personal }] of Object.entries(kept)) {
        const now: EventDeclaration | undefined = events[type as EventType] // compared with what is there
        assert.ok(now !== undefined, `${type} is gone`)
        if (now.version > version) continue
        assert.deepEqual(losses(facts, now.facts as Schema, `${type}.facts`), [])
        if (personal !== undefined) assert.deepEqual(losses(personal, now.personal as Schema, `${type}.personal`), [])
      }
    })

    test('F70: what was logged that day is understood today, field by field', () => {
      const logs = readdirSync(join(folder, history)).filter((name) => name.endsWith('.jsonl'))
      assert.ok(logs.length > 0)
      for (const event of logs.flatMap((name) => linesOf(read(history, name)))) {
        const { facts, personal }: EventDeclaration = events[event.type]
        assertKnown(facts, event.facts, event)
        if (personal !== undefined && event.personal !== undefined) assertKnown(personal, event.personal, event)
      }
    })
  })
}

/** It fits, and no field of it would be dropped by whoever keeps to today's declaration. */
function assertKnown(schema: TSchema, value: unknown, { type, position }: LoggedEvent): void {
  assert.deepEqual([...Value.Errors(schema, value)], [], `${type} at ${position}`)
  assert.deepEqual(Value.Clean(schema, structuredClone(value)), value, `${type} at ${position}`)
}

test('a history shows what is lost: a field that went, changed its type, may be left out, or a word that is never said', () => {
  const text: Schema = { type: 'string' }
  const then: Schema = {
    type: 'object',
    required: ['a', 'b'],
    properties: { a: text, b: { anyOf: [{ type: 'string', const: 'x' }, { type: 'null' }] }, c: text },
  }
  const now = (properties: Record<string, Schema>, required = ['a', 'b']): Schema => ({
    type: 'object',
    required,
    properties,
  })
  const same = then.properties ?? {}
  assert.deepEqual(losses(then, now({ ...same, d: text }), 'e'), [])
  assert.deepEqual(losses(then, now({ ...same, c: { type: 'number' } }), 'e'), ['e.c has another type'])
  assert.deepEqual(losses(then, now(same, ['a']), 'e'), ['e.b may be left out'])
  assert.equal(losses(then, now({ ...same, b: { type: 'string', const: 'x' } }), 'e').length, 1)
  const { c: _gone, ...left } = same
  assert.deepEqual(losses(then, now(left), 'e'), ['e.c is gone'])
})
