import type { Statement } from '../database/client.ts'
import type { AppliedBatch } from '../events/batch.ts'

/** One row for each account that an app is attached to; its secrets come with the command (attachment-store.ts). */
export function writeAppAttachments(
  { organizationId, state }: AppliedBatch,
  appIds: readonly string[],
): readonly Statement[] {
  if (appIds.length === 0) return []
  const rows = appIds.flatMap((appId) =>
    (state.apps.get(appId)?.attachments ?? []).map(({ accountId, wechatAppId }) => ({ appId, accountId, wechatAppId })),
  )
  const values = [organizationId, rows.map(({ appId }) => appId), rows.map(({ accountId }) => accountId)]
  const removal: Statement = {
    name: 'store_remove_app_attachment',
    text: `delete from app_attachment where org_id = $1 and app_id = any($4::text[])
      and (app_id, account_id) not in (select u.app_id, u.account_id from unnest($2::text[], $3::text[]) as u(app_id, account_id))`,
    values: [...values, [...appIds]],
  }
  return [removal, ...(rows.length > 0 ? [upsertAttachments(values, rows)] : []), endTokens(organizationId, appIds)]
}

/** An app that left an account has no access there any more, on any server (F65). */
function endTokens(org: string, appIds: readonly string[]): Statement {
  return {
    name: 'store_end_app_tokens',
    text: `delete from app_token t where t.org_id = $1 and t.app_id = any($2::text[]) and not exists (
      select 1 from app_attachment a
      where a.org_id = $1 and a.app_id = t.app_id and a.wechat_app_id = t.wechat_app_id)`,
    values: [org, [...appIds]],
  }
}

function upsertAttachments(values: readonly unknown[], rows: readonly { readonly wechatAppId: string }[]): Statement {
  return {
    name: 'store_app_attachment',
    text: `insert into app_attachment (org_id, app_id, account_id, wechat_app_id)
      select $1, u.app_id, u.account_id, u.wechat_app_id
      from unnest($2::text[], $3::text[], $4::text[]) as u(app_id, account_id, wechat_app_id)
      on conflict (org_id, app_id, account_id) do update set wechat_app_id = excluded.wechat_app_id`,
    values: [...values, rows.map(({ wechatAppId }) => wechatAppId)],
  }
}
