import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database } from '../../database/client.ts'
import { createCallCounts } from './call-counts.ts'

const app = { organizationId: 'acme', wechatAppId: 'wx1' }
const path = '/cgi-bin/token'

test('a call that is counted while the counts of a new day are written is not lost', async () => {
  let clockMs = Date.parse('2026-03-02T01:00:00Z')
  const stored = new Map<string, number>()
  let whileWriting: (period: string) => Promise<void> = async () => {}
  const query = async ({ name, values }: { name: string; values: readonly unknown[] }) => {
    const period = String(values[name === 'app_count_read' ? 1 : 2])
    if (name === 'app_count_forget') return { rows: [] }
    if (name === 'app_count_add') {
      await whileWriting(period)
      stored.set(period, (stored.get(period) ?? 0) + Number(values[4]))
    }
    return { rows: [{ used: stored.get(period) ?? 0 }] }
  }
  const database = { withWorker: (work: (tx: unknown) => unknown) => work({ query }) } as unknown as Database // the one method that is called
  await using counts = createCallCounts({ database, nowMs: () => clockMs, onError: assert.ifError })

  await counts.count(app, path)
  clockMs += 86_400_000
  await counts.count(app, path)
  whileWriting = async (period) => {
    if (!period.endsWith('03')) return
    whileWriting = async () => {}
    await counts.count(app, path)
  }
  await counts.used(app, path)
  assert.equal(await counts.used(app, path), 2)
})
