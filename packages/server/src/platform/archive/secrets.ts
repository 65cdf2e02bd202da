import { type Static, Type } from 'typebox'
import type { Transaction } from '../../database/client.ts'
import { rowsOf } from './rows.ts'

/** Sealed columns, opened for the way and sealed again with the key of where they arrive. */
const sealed = {
  account: `select account_id as id, null as "accountId", secrets as sealed from account
    where org_id = current_setting('duoke.org') and secrets is not null order by account_id collate "C"`,
  attachment: `select app_id as id, account_id as "accountId", secrets as sealed from app_attachment
    where org_id = current_setting('duoke.org') and secrets is not null
    order by app_id collate "C", account_id collate "C"`,
  totp: `select agent_id as id, null as "accountId", totp as sealed from credential
    where org_id = current_setting('duoke.org') and totp is not null order by agent_id collate "C"`,
} as const
const kinds = ['account', 'attachment', 'totp'] as const

const id = Type.String()
export const SecretLine = Type.Union([
  Type.Object({ kind: Type.Literal('account'), id, secret: Type.String() }),
  Type.Object({ kind: Type.Literal('attachment'), id, accountId: id, secret: Type.String() }),
  Type.Object({ kind: Type.Literal('totp'), id, secret: Type.String() }),
  /** A PHC string: no password, but what one is tried against. */
  Type.Object({ kind: Type.Literal('password'), id, hash: Type.String() }),
])
export type SecretLine = Static<typeof SecretLine>

type SealedRow = { readonly id: string; readonly accountId: string | null; readonly sealed: Buffer }

export async function* secretLines(tx: Transaction, open: (sealed: Uint8Array) => string): AsyncGenerator<string> {
  for (const kind of kinds) {
    for await (const row of rowsOf<SealedRow>(tx, `archive_secrets_${kind}`, sealed[kind])) {
      const where = row.accountId === null ? {} : { accountId: row.accountId }
      yield JSON.stringify({ kind, id: row.id, ...where, secret: open(row.sealed) })
    }
  }
  const passwords = `select agent_id as id, password_hash as hash from credential
    where org_id = current_setting('duoke.org') and password_hash is not null order by agent_id collate "C"`
  for await (const row of rowsOf<{ id: string; hash: string }>(tx, 'archive_passwords', passwords)) {
    yield JSON.stringify({ kind: 'password', ...row } satisfies SecretLine)
  }
}

export async function loadSecret(
  tx: Transaction,
  org: string,
  line: SecretLine,
  seal: (secret: string) => Uint8Array,
): Promise<void> {
  const sealedSecret = () => ('secret' in line ? Buffer.from(seal(line.secret)) : null)
  switch (line.kind) {
    case 'account':
      return run('update account set secrets = $3 where org_id = $1 and account_id = $2', [sealedSecret()])
    case 'attachment':
      return run('update app_attachment set secrets = $3 where org_id = $1 and app_id = $2 and account_id = $4', [
        sealedSecret(),
        line.accountId,
      ])
    case 'totp':
      return run(
        `insert into credential (org_id, agent_id, totp) values ($1, $2, $3)
          on conflict (org_id, agent_id) do update set totp = excluded.totp`,
        [sealedSecret()],
      )
    case 'password':
      return run(
        `insert into credential (org_id, agent_id, password_hash) values ($1, $2, $3)
          on conflict (org_id, agent_id) do update set password_hash = excluded.password_hash`,
        [line.hash],
      )
    default:
      return line satisfies never
  }

  async function run(text: string, values: readonly unknown[]): Promise<void> {
    await tx.query({ text, values: [org, line.id, ...values] })
  }
}

/** What an archive without secrets leaves to be configured, in the words of the document of `duoke apply`. */
export async function missingSecrets(tx: Transaction): Promise<string[]> {
  const { rows } = await tx.query<{ what: string }>({
    text: `select 'the secrets of the account ' || account_id as what from account
        where org_id = current_setting('duoke.org') and secrets is null
      union all
      select 'the secrets of the app ' || app_id || ' at the account ' || account_id from app_attachment
        where org_id = current_setting('duoke.org') and secrets is null
      union all
      select 'a way for the agent ' || g.agent_id || ' to sign in' from agent g
        left join credential c on c.org_id = g.org_id and c.agent_id = g.agent_id
        where g.org_id = current_setting('duoke.org') and c.password_hash is null
      order by 1`,
  })
  return [...rows.map(({ what }) => what), 'access tokens: none is ever exported']
}
