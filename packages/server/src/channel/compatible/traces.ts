import type { Database } from '../../database/client.ts'
import type { SecretBox } from '../../identity/secret-box.ts'

/** One refused call, as `openapi/rid/get` tells it (protocol reference, section 4.4). */
export type Trace = {
  readonly invoke_time: number
  readonly cost_in_ms: number
  readonly request_url: string
  readonly request_body: string
  readonly response_body: string
  readonly client_ip: string
}
type TracedApp = { readonly organizationId: string; readonly wechatAppId: string }

export type Traces = {
  draw(): string
  /** Never fails and is not waited for: a trace is a service, not a record. */
  keep(app: TracedApp, rid: string, trace: Trace): void
  find(app: TracedApp, rid: string): Promise<Trace | null>
}

const keptMs = 24 * 3_600_000
/** Bodies may hold anything: the beginning is enough to see what was wrong. */
const mostBodyCharacters = 2_000
/** Of all apps together, so that an app that only fails costs no more than this. */
const mostWritesASecond = 20

export function createTraces(ports: {
  readonly database: Database
  readonly box: Pick<SecretBox, 'seal' | 'open'>
  readonly nowMs: () => number
  readonly randomBytes: (count: number) => Uint8Array
  readonly onError: (error: unknown) => void
}): Traces {
  const { database, box, nowMs } = ports
  let second = 0
  let written = 0

  function mayWrite(): boolean {
    const now = Math.floor(nowMs() / 1000)
    if (now !== second) {
      second = now
      written = 0
    }
    written += 1
    return written <= mostWritesASecond
  }

  async function write(app: TracedApp, rid: string, trace: Trace): Promise<void> {
    const sealed = box.seal(app.organizationId, JSON.stringify(trace))
    await database.withWorker(async (tx) => {
      const at = 'to_timestamp($1::double precision / 1000)'
      await tx.query({
        name: 'trace_forget',
        text: `delete from app_call_trace where at < ${at}`,
        values: [nowMs() - keptMs],
      })
      await tx.query({
        name: 'trace_keep',
        text: `insert into app_call_trace (at, org_id, wechat_app_id, rid, sealed) values (${at}, $2, $3, $4, $5)
          on conflict do nothing`,
        values: [nowMs(), app.organizationId, app.wechatAppId, rid, Buffer.from(sealed)],
      })
    })
  }

  return {
    draw() {
      const random = Buffer.from(ports.randomBytes(8)).toString('hex')
      return `${Math.floor(nowMs() / 1000).toString(16)}-${random.slice(0, 8)}-${random.slice(8)}`
    },
    keep(app, rid, trace) {
      if (mayWrite()) write(app, rid, { ...trace, request_body: clip(trace.request_body) }).catch(ports.onError)
    },
    async find(app, rid) {
      const { rows } = await database.withWorker((tx) =>
        tx.query<{ sealed: Uint8Array }>({
          name: 'trace_find',
          text: 'select sealed from app_call_trace where rid = $1 and wechat_app_id = $2 and org_id = $3',
          values: [rid, app.wechatAppId, app.organizationId],
        }),
      )
      const [row] = rows
      return row === undefined ? null : (JSON.parse(box.open(app.organizationId, row.sealed)) as Trace) // written above
    },
  }
}

function clip(text: string): string {
  return text.length > mostBodyCharacters ? text.slice(0, mostBodyCharacters) : text
}
