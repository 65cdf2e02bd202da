import type { Account } from '@duoke/contract'
import type { AccountState } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'

type Row = { readonly config: string; readonly last_push_at: number | null }

export async function readAccounts(
  tx: Transaction,
  org: string,
  which: { readonly accountId: string } | { readonly after: string; readonly limit: number },
  publicUrl: string,
): Promise<Account[]> {
  const [accountId, after, limit] = 'accountId' in which ? [which.accountId, '', 1] : [null, which.after, which.limit]
  const { rows } = await tx.query<Row>({
    name: 'accounts_page',
    text: `select config::text as config, last_push_at from account
      where org_id = $1 and account_id > $2 and ($3::text is null or account_id = $3) order by account_id limit $4`,
    values: [org, after, accountId, limit],
  })
  return rows.map((row) => accountOf(row, publicUrl))
}

function accountOf({ config, last_push_at }: Row, publicUrl: string): Account {
  const { settings, silent, degraded } = JSON.parse(config) as AccountState // written by conversation/configuration-store.ts
  const { accountId: id, kind, name, wechatId, originalId, appId, mode, apiBase, routing = 'automatic' } = settings
  return {
    ...{ id, kind, name, wechatId, originalId, appId, mode, apiBase, routing },
    serverAddress: `${publicUrl}/wechat/${id}`,
    lastPushAt: last_push_at === null ? null : new Date(last_push_at).toISOString(),
    silent,
    degraded:
      degraded === null
        ? null
        : { code: degraded.code, reason: degraded.reason, since: new Date(degraded.sinceMs).toISOString() },
  }
}
