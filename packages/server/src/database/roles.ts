import type { Client } from 'pg'
import { DatabaseRefusal } from './refusal.ts'
import { sqlStateOf } from './trouble.ts'

/** duoke_app sees the organization that its transaction names; duoke_worker sees all. Nobody signs in as either. */
const roles = ['duoke_app', 'duoke_worker'] as const

/** Roles belong to the whole PostgreSQL server: several databases, and several migrators, may be making them at once. */
export async function ensureRoles(client: Client): Promise<void> {
  for (const role of roles) {
    await unlessDone(client, `create role ${role} nologin`, () => exists(client, role))
    await unlessDone(client, `grant ${role} to current_user`, () => mayBecome(client, role))
  }
}

async function unlessDone(client: Client, statement: string, isDone: () => Promise<boolean>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    if (await isDone()) return
    try {
      await client.query(statement)
    } catch (error) {
      const state = sqlStateOf(error)
      if (state === '42501') throw mayNot(error)
      if (attempt === 5 || state === undefined || !anotherWasFaster.has(state)) throw error
    }
  }
}

/** It exists; its row exists; "tuple concurrently updated". */
const anotherWasFaster = new Set(['42710', '23505', 'XX000'])

async function exists(client: Client, role: string): Promise<boolean> {
  const { rows } = await client.query('select 1 from pg_roles where rolname = $1', [role])
  return rows.length > 0
}

async function mayBecome(client: Client, role: string): Promise<boolean> {
  try {
    await client.query(`set role ${role}`)
    return true
  } catch (error) {
    if (sqlStateOf(error) === '42501') return false
    throw error
  } finally {
    await client.query('reset role')
  }
}

function mayNot(cause: unknown): DatabaseRefusal {
  return new DatabaseRefusal(
    'roles_missing',
    'The database user may not create the roles duoke_app and duoke_worker, or not become them.',
    'Create both with NOLOGIN and grant them to this user, or connect once as a user with CREATEROLE.',
    { cause },
  )
}
