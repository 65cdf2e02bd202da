import type { Projection } from '../events/batch.ts'
import { writeAttachments } from './attachment-store.ts'
import { writeConfiguration } from './configuration-store.ts'
import { writeConversations, writeCustomers, writeDecisions, writeOutbox, writeTimers } from './store.ts'

/** Attachments refer to rows of the configuration, also to some of the same batch. */
const writeConfigured: Projection = async (tx, batch) => {
  await writeConfiguration(tx, batch)
  await writeAttachments(tx, batch)
}

/** Every row that is written in the log's own transaction. */
export const projections: readonly Projection[] = [
  writeConfigured,
  writeCustomers,
  writeConversations,
  writeDecisions,
  writeOutbox,
  writeTimers,
]
