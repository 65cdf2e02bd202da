// A database that fails at seeded moments: before a statement, behind one, or as the commit is answered.

import type { Random } from '@duoke/domain'
import type { Database, Transaction, WritingTransaction } from '../../src/database/client.ts'
import { DatabaseUnavailable } from '../../src/database/trouble.ts'

export type Trouble = { chance: number; met: number }

/** @param trouble how likely each statement fails; set to 0 to heal. Only the log's own transactions are disturbed. */
export function unreliable(database: Database, random: Random, trouble: Trouble): Database {
  const fails = () => {
    if (!random.chance(trouble.chance)) return false
    trouble.met += 1
    return true
  }
  const cut = () => new DatabaseUnavailable('08006', new Error('cut on purpose'))
  const disturbed = (tx: WritingTransaction): WritingTransaction => ({
    async query<Row>(statement: Parameters<Transaction['query']>[0]) {
      if (fails()) throw cut()
      const result = await tx.query<Row>(statement)
      if (fails()) throw cut()
      return result
    },
    last(statements) {
      if (fails()) throw cut()
      tx.last(statements)
    },
  })
  return {
    ...database,
    async withOrganization(org, work, how) {
      if (how?.pool !== 'log') return database.withOrganization(org, work, how)
      const result = await database.withOrganization(org, (tx) => work(disturbed(tx)), how)
      if (fails()) throw new DatabaseUnavailable('08007', new Error('the answer to COMMIT was lost on purpose'))
      return result
    },
  }
}

/** The same for readers. */
export function unreliableReads(database: Database, random: Random, trouble: Trouble): Database {
  const maybe = () => {
    if (!random.chance(trouble.chance)) return
    trouble.met += 1
    throw new DatabaseUnavailable('08006', new Error('cut on purpose'))
  }
  return {
    ...database,
    async withOrganization(org, work, how) {
      maybe()
      return database.withOrganization(org, work, how)
    },
    async withWorker(work, how) {
      maybe()
      return database.withWorker(work, how)
    },
  }
}
