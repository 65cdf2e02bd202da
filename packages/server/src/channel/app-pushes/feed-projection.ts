import type { AppSettings } from '@duoke/contract'
import type { Statement } from '../../database/client.ts'
import type { Projection } from '../../events/batch.ts'

/**
 * One row for each attachment with a push address, written with the event that says so: the app is pushed what comes
 * after it, not a moment less. Another address or token is to be verified anew; whoever is detached and attached again
 * begins anew.
 */
export const writeAppFeeds: Projection = ({ organizationId, sealed }) =>
  sealed.flatMap(({ event }) => {
    if (event.type === 'app.configured') return writeFeeds(organizationId, event.facts, event.position)
    return event.type === 'app.removed' ? [keepFeeds(organizationId, event.facts.appId, [])] : []
  })

function writeFeeds(org: string, app: AppSettings, position: number): Statement[] {
  const pushed = app.attachments.flatMap(({ accountId, push, secretsDigest }) =>
    push === null ? [] : [{ accountId, address: push.url, secretsDigest }],
  )
  const kept = keepFeeds(
    org,
    app.appId,
    pushed.map(({ accountId }) => accountId),
  )
  if (pushed.length === 0) return [kept]
  const written: Statement = {
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
  }
  return [kept, written]
}

function keepFeeds(org: string, appId: string, accountIds: readonly string[]): Statement {
  return {
    name: 'app_feed_keep',
    text: 'delete from app_feed where org_id = $1 and app_id = $2 and account_id <> all($3::text[])',
    values: [org, appId, [...accountIds]],
  }
}
