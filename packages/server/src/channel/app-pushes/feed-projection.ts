import type { AppSettings } from '@duoke/contract'
import type { Transaction } from '../../database/client.ts'
import type { Projection } from '../../events/batch.ts'

/**
 * One row for each attachment with a push address, written with the event that says so: the app is pushed what comes
 * after it, not a moment less. Another address or token is to be verified anew; whoever is detached and attached again
 * begins anew.
 */
export const writeAppFeeds: Projection = async (tx, batch) => {
  for (const { event } of batch.sealed) {
    if (event.type === 'app.configured') await writeFeeds(tx, batch.organizationId, event.facts, event.position)
    if (event.type === 'app.removed') await keepFeeds(tx, batch.organizationId, event.facts.appId, [])
  }
}

async function writeFeeds(tx: Transaction, org: string, app: AppSettings, position: number): Promise<void> {
  const pushed = app.attachments.flatMap(({ accountId, push, secretsDigest }) =>
    push === null ? [] : [{ accountId, address: push.url, secretsDigest }],
  )
  await keepFeeds(
    tx,
    org,
    app.appId,
    pushed.map(({ accountId }) => accountId),
  )
  if (pushed.length === 0) return
  await tx.query({
    name: 'app_feed_write',
    text: `insert into app_feed (org_id, app_id, account_id, position, address, secrets_digest)
      select $1, $2, u.account, $3, u.address, u.digest from unnest($4::text[], $5::text[], $6::text[]) as u(account, address, digest)
      on conflict (org_id, app_id, account_id) do update set address = excluded.address, secrets_digest = excluded.secrets_digest,
        verification = case when (app_feed.address, app_feed.secrets_digest) = (excluded.address, excluded.secrets_digest)
          then app_feed.verification else 'pending' end`,
    values: [
      ...[org, app.appId, position],
      pushed.map(({ accountId }) => accountId),
      pushed.map(({ address }) => address),
      pushed.map(({ secretsDigest }) => secretsDigest),
    ],
  })
}

async function keepFeeds(tx: Transaction, org: string, appId: string, accountIds: readonly string[]): Promise<void> {
  await tx.query({
    name: 'app_feed_keep',
    text: 'delete from app_feed where org_id = $1 and app_id = $2 and account_id <> all($3::text[])',
    values: [org, appId, [...accountIds]],
  })
}
