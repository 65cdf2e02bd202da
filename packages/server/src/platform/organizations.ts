import type { Database, Transaction } from '../database/client.ts'

export async function listOrganizations(tx: Transaction): Promise<string[]> {
  const { rows } = await tx.query<{ org_id: string }>({
    name: 'organizations',
    text: 'select org_id from organization order by org_id',
  })
  return rows.map(({ org_id }) => org_id)
}

/** Finds organizations, those included that another process adds later; each is told once. */
export function watchOrganizations(ports: {
  readonly database: Database
  readonly onFound: (org: string) => void
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
}): AsyncDisposable & { readonly first: Promise<void>; found(org: string): void } {
  const known = new Set<string>()
  const found = (org: string) => {
    if (known.has(org)) return
    known.add(org)
    ports.onFound(org)
  }
  const look = async () => {
    for (const org of await ports.database.withWorker(listOrganizations, { readOnly: true })) found(org)
  }
  let running = look()
  const first = running
  const timer = setInterval(() => {
    running = look().catch(ports.onError)
  }, ports.everyMs ?? 5000)
  timer.unref()
  return {
    first,
    found,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
    },
  }
}
