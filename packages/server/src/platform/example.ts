import type { Database, Transaction } from '../database/client.ts'
import type { Log } from '../events/log.ts'
import { Refused } from '../http/refused.ts'
import { readAgent, readOrganization } from '../identity/organization-store.ts'
import { defaultSettings } from './default-settings.ts'

/** What is to be made of an organization whose example data went. */
type Anew = {
  readonly org: string
  readonly agentId: string
  readonly name: string
  readonly timeZone: string
  readonly nickname: string
}

/** Says which organization holds example data; `duoke start` does so when it seeds one. */
export async function markExample(tx: Transaction, org: string | null, anew?: Anew): Promise<void> {
  await tx.query({
    text: `insert into installation (key, value) values ('example', $1::json)
      on conflict (key) do update set value = excluded.value`,
    values: [JSON.stringify({ organization: org, ...(anew && { anew }) })],
  })
}

export type ExamplePorts = {
  readonly database: Database
  readonly log: Pick<Log, 'submit' | 'forget'>
  readonly drawEpoch: () => string
  /** Streams of the organization begin anew: their cursors belong to a log that is gone. */
  readonly onRewritten: (org: string) => void
}

/** Of this one, what it names is taken away from the media folder later. */
const afterwards = 'media_to_remove'

/** Every table of an organization, those that others refer to last. */
const tables = [
  ...[
    'event',
    'seen_command',
    'account',
    'team',
    'agent',
    'app',
    'app_attachment',
    'credential',
    'token',
    'one_time_link',
    'customer',
  ],
  ...[
    'conversation',
    'decision',
    'outbox',
    'timer',
    'media',
    'uploaded_media',
    'upstream_token',
    'follower',
    'search_message',
    'mention',
    'draft',
    'agent_preference',
    'presence',
    'quick_reply',
  ],
  ...['app_token', 'app_token_series', 'app_call_count', 'app_call_trace', 'agent_number', 'app_feed', 'app_delivery'],
]

/**
 * Takes the example data away and begins the organization anew, with a new epoch, so that every cursor learns of it. The agent
 * who asks stays, signed in, as its administrator.
 */
export async function removeExample(
  ports: ExamplePorts,
  who: { readonly org: string; readonly agentId: string; readonly tokenId: string },
): Promise<void> {
  const { org, agentId, tokenId } = who
  const anew = await ports.database.withWorker(async (tx) => {
    const organization = await readOrganization(tx, org)
    const asking = await readAgent(tx, org, agentId)
    if (organization === null || asking === null || !organization.example) {
      throw new Refused('not_permitted', { detail: 'This organization holds no example data.' })
    }
    // The lock that every append takes: nothing is written while the rows go.
    await tx.query({ text: 'select 1 from organization where org_id = $1 for update', values: [org] })
    await tx.query({
      text: `insert into ${afterwards} (org_id, sha256)
        select org_id, sha256 from media where org_id = $1 and sha256 is not null
        union select org_id, playable_sha256 from media where org_id = $1 and playable_sha256 is not null
        on conflict do nothing`,
      values: [org],
    })
    for (const table of tables) await empty(tx, table, { org, agentId, tokenId })
    await tx.query({
      text: `update organization set head = 0, chain = null, config = null, epoch = $2 where org_id = $1`,
      values: [org, ports.drawEpoch()],
    })
    const { name, timeZone } = organization
    const next: Anew = { org, agentId, name, timeZone, nickname: asking.nickname }
    await markExample(tx, null, next)
    return next
  })
  await startAnew(ports, anew)
}

/** Ends what a server had begun when it died: the rows are gone, and nobody administers the organization yet. */
export async function resumeRemoval(ports: ExamplePorts): Promise<void> {
  const { rows } = await ports.database.withWorker((tx) =>
    tx.query<{ value: string }>({ text: `select value::text as value from installation where key = 'example'` }),
  )
  const { anew } = JSON.parse(rows[0]?.value ?? '{}') as { anew?: Anew } // written by markExample
  if (anew !== undefined) await startAnew(ports, anew)
}

async function empty(
  tx: Transaction,
  table: string,
  kept: { readonly org: string; readonly agentId: string; readonly tokenId: string },
): Promise<void> {
  if (table === 'token') {
    await tx.query({
      text: 'delete from token where org_id = $1 and token_id <> $2',
      values: [kept.org, kept.tokenId],
    })
  } else if (table === 'credential') {
    await tx.query({
      text: 'delete from credential where org_id = $1 and agent_id <> $2',
      values: [kept.org, kept.agentId],
    })
  } else {
    await tx.query({ text: `delete from ${table} where org_id = $1`, values: [kept.org] })
  }
}

/** Done twice it changes nothing more: the same configuration applied again. */
async function startAnew(ports: ExamplePorts, { org, agentId, name, timeZone, nickname }: Anew): Promise<void> {
  await ports.log.forget(org)
  const outcome = await ports.log.submit(
    org,
    {
      type: 'configuration.apply',
      actor: { kind: 'agent', agentId },
      prune: false,
      dryRun: false,
      document: {
        organization: { ...defaultSettings, name, timeZone },
        agents: [{ agentId, nickname, role: 'admin', teams: [], capacity: 5, disabled: false }],
      },
    },
    { lane: 'agents' },
  )
  if (!outcome.accepted) throw new Error(`the organization could not be begun anew: ${outcome.code}`)
  await ports.database.withWorker((tx) => markExample(tx, null))
  ports.onRewritten(org)
}
