import type { Projection } from '../events/batch.ts'
import { writeAttachments } from './attachment-store.ts'
import { writeConfiguration } from './configuration-store.ts'
import { writeMentions } from './mention-store.ts'
import { writeQuickReplies } from './quick-reply-store.ts'
import { writeConversations, writeCustomers, writeDecisions, writeOutbox, writeTimers } from './store.ts'

/** Every row that is written in the log's own transaction. */
export const projections: readonly Projection[] = [
  writeConfiguration,
  // These refer to rows of the configuration, also to some of the same batch.
  writeAttachments,
  writeCustomers,
  writeConversations,
  writeDecisions,
  writeOutbox,
  writeTimers,
  writeQuickReplies,
  writeMentions,
]
