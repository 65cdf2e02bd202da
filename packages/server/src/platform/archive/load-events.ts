import { events as declarations, type EventType, type LoggedEvent } from '@duoke/contract'
import { conversationOf, emptyOrganization, evolve, type OrganizationState } from '@duoke/domain'
import { adoptConversations, createReplica } from '../../conversation/replica.ts'
import type { Transaction } from '../../database/client.ts'
import type { AppliedBatch, Projection, SealedEvent } from '../../events/batch.ts'
import { emptyChain, nextHash, personalDigest } from '../../events/chain.ts'
import { conversationIdOf } from '../../events/rows.ts'
import { damaged, foreign } from './format.ts'
import type { EventLine } from './rows.ts'

/** Takes the log in, event by event in order, and folds every row of the present from it, as the live log does. */
export type EventLoader = {
  load(lines: readonly EventLine[]): Promise<void>
  /** Position and hash of the last event. */
  readonly head: { readonly position: number; readonly chain: Uint8Array }
}

const batchSize = 1000
const coldConversations = 20_000

export function createEventLoader(tx: Transaction, org: string, projections: readonly Projection[]): EventLoader {
  const state = emptyOrganization()
  const replica = createReplica({ coldLimit: coldConversations })
  let chain = emptyChain
  let lastAtMs = Number.NEGATIVE_INFINITY

  async function loadBatch(lines: readonly EventLine[]): Promise<void> {
    const sealed: SealedEvent[] = []
    for (const line of lines) {
      const next = sealedOf(line, chain)
      if (line.position !== state.position + sealed.length + 1 || line.at < lastAtMs) {
        throw damaged(`event ${line.position} is not the next one`)
      }
      chain = next.hash
      lastAtMs = line.at
      sealed.push(next)
    }
    await insertEvents(tx, org, sealed)
    const touched = sealed.flatMap(({ event }) => conversationOf(event) ?? [])
    await adoptConversations(
      tx,
      org,
      state,
      [...new Set(touched)].filter((id) => !state.conversations.has(id)),
    )
    const firstPosition = state.position + 1
    fold(state, sealed)
    await project(tx, projections, { org, state, sealed, firstPosition, atMs: lastAtMs })
    replica.trim(state)
  }

  return {
    async load(lines) {
      for (let at = 0; at < lines.length; at += batchSize) await loadBatch(lines.slice(at, at + batchSize))
    },
    get head() {
      return { position: state.position, chain }
    },
  }
}

/** Checks a line against the chain, which covers every fact and, unless it was erased, the personal part. */
function sealedOf(line: EventLine, previous: Uint8Array): SealedEvent {
  const { position, at: atMs, type, version } = line
  if (!(type in declarations)) throw foreign(`event ${position} is of the unknown type ${JSON.stringify(type)}`)
  // `in` does not tell the compiler which of the table's names it is.
  if (version > declarations[type as EventType].version) throw foreign(`event ${position} is of a newer version`)
  const [actor, facts] = [JSON.stringify(line.actor), JSON.stringify(line.facts)]
  const personal = line.personal === undefined ? null : JSON.stringify(line.personal)
  const salt = line.salt === undefined ? null : Buffer.from(line.salt, 'base64')
  const digest = line.digest === undefined ? null : Buffer.from(line.digest, 'base64')
  const hash = nextHash(previous, { position, type, version, atMs, facts: `${actor}\n${facts}`, digest })
  if (Buffer.from(hash).toString('hex') !== line.hash) throw damaged(`event ${position} was changed`)
  if (personal !== null) {
    const isLogged = digest !== null && salt !== null && Buffer.compare(personalDigest(salt, personal), digest) === 0
    if (!isLogged) throw damaged(`the personal part of event ${position} was changed`)
  }
  const event = {
    ...{ type, version, position, atMs, actor: line.actor, facts: line.facts },
    ...(line.personal !== undefined && { personal: line.personal }),
  } as LoggedEvent // the chain proves that it was written as one
  return { event, conversationId: conversationIdOf(event), actor, facts, personal, salt, digest, hash }
}

function fold(state: OrganizationState, sealed: readonly SealedEvent[]): void {
  for (const { event } of sealed) {
    try {
      evolve(state, event)
    } catch (error) {
      throw damaged(`event ${event.position} does not follow from those before it`, error)
    }
  }
}

type Folded = {
  readonly org: string
  readonly state: OrganizationState
  readonly sealed: readonly SealedEvent[]
  readonly firstPosition: number
  readonly atMs: number
}

async function project(
  tx: Transaction,
  projections: readonly Projection[],
  { org, state, sealed, firstPosition, atMs }: Folded,
): Promise<void> {
  // Decisions and timers come with files of their own; nobody waits for an answer.
  const nothing = { decisions: [], timers: [], accepted: [] }
  const batch: AppliedBatch = { organizationId: org, atMs, firstPosition, state, sealed, ...nothing }
  for (const statement of projections.flatMap((write) => write(batch))) await tx.query(statement)
}

async function insertEvents(tx: Transaction, org: string, sealed: readonly SealedEvent[]): Promise<void> {
  const bytes = (value: Uint8Array | null) => (value === null ? null : Buffer.from(value))
  await tx.query({
    name: 'archive_insert_events',
    text: `insert into event (org_id, position, type, v, at, conversation_id, actor, facts, personal, salt, digest, hash)
      select $1, u.position, u.type, u.v, to_timestamp(u.at / 1000), u.conversation_id,
        u.actor::json, u.facts::json, u.personal::json, u.salt, u.digest, u.hash
      from unnest($2::bigint[], $3::text[], $4::smallint[], $5::double precision[], $6::text[], $7::text[], $8::text[],
        $9::text[], $10::bytea[], $11::bytea[], $12::bytea[])
        as u(position, type, v, at, conversation_id, actor, facts, personal, salt, digest, hash)`,
    values: [
      org,
      sealed.map(({ event }) => event.position),
      sealed.map(({ event }) => event.type),
      sealed.map(({ event }) => event.version),
      sealed.map(({ event }) => event.atMs),
      sealed.map(({ conversationId }) => conversationId),
      sealed.map(({ actor }) => actor),
      sealed.map(({ facts }) => facts),
      sealed.map(({ personal }) => personal),
      sealed.map(({ salt }) => bytes(salt)),
      sealed.map(({ digest }) => bytes(digest)),
      sealed.map(({ hash }) => bytes(hash)),
    ],
  })
}
