import type { App, AppConsent } from '@duoke/contract'
import type { AppState } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import { type EventRow, eventColumns, readEventRow } from '../events/rows.ts'

export async function readApps(
  tx: Transaction,
  org: string,
  which: { readonly appId: string } | { readonly after: string; readonly limit: number },
): Promise<App[]> {
  const [appId, after, limit] = 'appId' in which ? [which.appId, '', 1] : [null, which.after, which.limit]
  const { rows } = await tx.query<{ config: string; feeds: string | null }>({
    name: 'apps_page',
    text: `select config::text as config, (
        select json_agg(json_build_object('account', f.account_id, 'status', f.verification, 'at', extract(epoch from f.verified_at)))
        from app_feed f where f.org_id = app.org_id and f.app_id = app.app_id)::text as feeds
      from app where org_id = $1 and app_id > $2 and ($3::text is null or app_id = $3) order by app_id limit $4`,
    values: [org, after, appId, limit],
  })
  // Both were written by us: conversation/configuration-store.ts, and the statement above.
  return rows.map(({ config, feeds }) => appOf(JSON.parse(config) as AppState, JSON.parse(feeds ?? '[]') as Feed[]))
}

type Verification = NonNullable<App['accounts'][number]['verification']>
type Feed = { readonly account: string; readonly status: Verification['status']; readonly at: number | null }

export function appOf({ appId, suspended, attachments, ...rest }: AppState, feeds: readonly Feed[]): App {
  return {
    id: appId,
    ...rest,
    accounts: attachments.map(({ accountId, wechatAppId, secretsDigest: _, ...attachment }) => {
      const suspension = suspended[accountId]
      const feed = feeds.find(({ account }) => account === accountId)
      return {
        account: accountId,
        appId: wechatAppId,
        ...attachment,
        suspended: suspension === undefined ? null : suspensionOf(suspension),
        verification: feed === undefined ? null : verificationOf(feed),
      }
    }),
  }
}

function suspensionOf({ sinceMs, reason, failures }: AppState['suspended'][string]) {
  return { reason, failures, since: new Date(sinceMs).toISOString() }
}

function verificationOf({ status, at }: Feed): Verification {
  return { status, at: at === null ? null : new Date(at * 1000).toISOString() }
}

/** Newest first; `before` is the position of the last one seen. */
export async function readConsents(
  tx: Transaction,
  org: string,
  { appId, before, limit }: { readonly appId: string; readonly before: number | null; readonly limit: number },
): Promise<AppConsent[]> {
  const { rows } = await tx.query<EventRow>({
    name: 'app_consents',
    text: `select ${eventColumns} from event
      where org_id = $1 and type = 'app.consented' and facts->>'appId' = $2 and ($3::bigint is null or position < $3)
      order by position desc limit $4`,
    values: [org, appId, before, limit],
  })
  return rows.flatMap((row) => {
    const event = readEventRow(row)
    if (event.type !== 'app.consented') return []
    const { appId: _, ...consent } = event.facts
    return [{ position: event.position, at: new Date(event.atMs).toISOString(), by: event.actor, ...consent }]
  })
}
