import type { Database } from '../../database/client.ts'
import { CallRefused, type CompatibleAnswer, json } from './answer.ts'
import { type Call, type Caller, type Fields, integerIn, readFields, textIn } from './call.ts'
import { chinaDay } from './china-time.ts'
import type { Endpoint } from './endpoint.ts'
import { kfAccountOf } from './kf-account.ts'
import { createPageMemory } from './record-pages.ts'
import { type CompatiblePorts, compatibleRecords } from './records.ts'

export type RecordEndpointPorts = CompatiblePorts & { readonly database: Database }
type Given = Omit<RecordEndpointPorts, 'pages'>

const longestWindowSeconds = 24 * 3600
const mostRecords = 10_000

/** The record as WeChat's own calls of three generations tell it (protocol reference, sections 5.6 and 5.7). */
export function recordEndpoints(given: Given): readonly Endpoint[] {
  const ports: RecordEndpointPorts = { ...given, pages: createPageMemory() }
  const shown = { auth: 'token', method: 'POST', scopes: ['records:read'] } as const
  return [
    { ...shown, path: '/customservice/msgrecord/getmsglist', run: (call, caller) => listMessages(ports, call, caller) },
    {
      ...shown,
      path: '/customservice/msgrecord/getrecord',
      run: (call, caller) => listOld(ports, { call, caller, mostAPage: 50, hasCustomer: false }),
    },
    {
      ...shown,
      path: '/cgi-bin/customservice/getrecord',
      run: (call, caller) => listOld(ports, { call, caller, mostAPage: 1000, hasCustomer: true }),
    },
  ]
}

async function listMessages(ports: RecordEndpointPorts, call: Call, caller: Caller): Promise<CompatibleAnswer> {
  const fields = readFields(call)
  const [start, end] = [integerIn(fields, 'starttime'), integerIn(fields, 'endtime')]
  const [msgid, number] = [integerIn(fields, 'msgid') ?? 1, integerIn(fields, 'number')]
  if (start === undefined || end === undefined || number === undefined) throw new CallRefused(65416)
  if (start < 0 || end <= start || msgid < 0 || number < 1 || number > mostRecords) throw new CallRefused(65416)
  if (end - start > longestWindowSeconds) throw new CallRefused(65417)
  const records = await read(ports, caller, {
    ...{ start, end },
    page: { form: 'getmsglist', msgid, number },
    workerOf: (agentId) => kfAccountOf(agentId, caller.account.settings),
  })
  return json({ ...records })
}

type OldCall = {
  readonly call: Call
  readonly caller: Caller
  readonly mostAPage: number
  readonly hasCustomer: boolean
}

/** A range within one calendar day, by pages from 1; agents without their suffix. */
async function listOld(ports: RecordEndpointPorts, { call, caller, ...form }: OldCall): Promise<CompatibleAnswer> {
  const fields = readFields(call)
  const { start, end } = oldRange(fields)
  const pagesize = integerIn(fields, 'pagesize') ?? 10
  const pageindex = integerIn(fields, 'pageindex') ?? 1
  if (pagesize < 1 || pagesize > form.mostAPage || pageindex < 1) throw new CallRefused(61451)
  const openid = form.hasCustomer ? textIn(fields, 'openid') : undefined
  const { recordlist } = await read(ports, caller, {
    ...{ start, end },
    ...(openid !== undefined && openid !== '' && { openid }),
    page: { form: 'getrecord', pageindex, pagesize },
    workerOf: (agentId) => agentId,
  })
  return json({ errcode: 0, errmsg: 'ok', retcode: 0, recordlist })
}

function oldRange(fields: Fields): { readonly start: number; readonly end: number } {
  const [start, end] = [integerIn(fields, 'starttime'), integerIn(fields, 'endtime')]
  if (start === undefined || end === undefined || start < 0) throw new CallRefused(61500)
  // The end of a day may be written as the next one's first second.
  const isOneDay = chinaDay(start * 1000) === chinaDay(end * 1000 - 1)
  if (end <= start || !isOneDay) throw new CallRefused(61501)
  return { start, end }
}

type Asked = Pick<Parameters<typeof compatibleRecords>[2], 'openid' | 'page' | 'workerOf'> & {
  readonly start: number
  readonly end: number
}

function read(ports: RecordEndpointPorts, { organizationId, account }: Caller, { start, end, ...asked }: Asked) {
  return ports.database.withOrganization(
    organizationId,
    (tx) =>
      compatibleRecords(tx, ports, {
        ...{ organizationId, accountId: account.settings.accountId, ...asked },
        fromMs: start * 1000,
        toMs: (end + 1) * 1000,
      }),
    { readOnly: true, isolation: 'repeatable read' },
  )
}
