import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readMigrations } from '../database/migrate.ts'

test('removing the example empties every table that holds an organization', () => {
  const source = readFileSync(new URL('./example.ts', import.meta.url), 'utf8')
  const migrations = readMigrations()
  const dropped = migrations.flatMap(({ sql }) => [...sql.matchAll(/drop table (\w+)/g)].map(([, table]) => table))
  const created = migrations.flatMap(({ sql }) =>
    [...sql.matchAll(/create table (\w+) \(\s*([a-z_]+ [^,]*,\s*)?org_id/gs)].map(([, table]) => table),
  )
  assert.ok(created.length > 15)
  const forgotten = created
    .filter((table) => !dropped.includes(table))
    .filter((table) => table !== 'organization' && !source.includes(`'${table}'`))
  assert.deepEqual(forgotten, [])
})
