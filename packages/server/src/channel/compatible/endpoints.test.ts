import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Scope } from '@duoke/contract'
import { addressRefusal, isAllowedAddress } from './address-list.ts'
import { agentEndpoints } from './agent-endpoints.ts'
import { createCallLimits, largeCallsAtOnce } from './call-limits.ts'
import type { Endpoint } from './endpoint.ts'
import { agentIdOf, kfAccountOf } from './kf-account.ts'
import { mediaEndpoints } from './media-endpoints.ts'
import { messageEndpoints } from './message-endpoints.ts'
import { withToken } from './pass-through.ts'
import { apiRoots, scopesOfPath } from './permission-sets.ts'
import { recordEndpoints } from './record-endpoints.ts'
import { sessionEndpoints } from './session-endpoints.ts'
import { tokenEndpoints } from './token-endpoints.ts'

const ports = {} as never // a table is made without asking anybody
const endpoints: readonly Endpoint[] = [tokenEndpoints, messageEndpoints, agentEndpoints, sessionEndpoints]
  .flatMap((table) => table(ports))
  .concat(recordEndpoints(ports), mediaEndpoints(ports))

const send: readonly Scope[] = ['messages:send', 'messages:send:any']
const sessions: readonly Scope[] = ['conversations:read', 'sessions:manage']
const agents: readonly Scope[] = ['agents:read', 'agents:manage']
/** Path, method, and the scopes of which one opens it; `open` for what asks for appid and secret. */
const expected: Readonly<Record<string, readonly ['GET' | 'POST' | 'either', readonly Scope[] | 'open']>> = {
  '/cgi-bin/token': ['GET', 'open'],
  '/cgi-bin/stable_token': ['POST', 'open'],
  '/cgi-bin/clear_quota': ['POST', []],
  '/cgi-bin/clear_quota/v2': ['POST', 'open'],
  '/cgi-bin/openapi/quota/get': ['POST', []],
  '/cgi-bin/openapi/quota/clear': ['POST', []],
  '/cgi-bin/openapi/rid/get': ['POST', []],
  '/cgi-bin/getcallbackip': ['either', []],
  '/cgi-bin/get_api_domain_ip': ['either', []],
  '/cgi-bin/message/custom/send': ['POST', send],
  '/cgi-bin/message/custom/typing': ['POST', send],
  '/cgi-bin/message/custom/business/typing': ['POST', send],
  '/customservice/kfaccount/add': ['POST', ['agents:manage']],
  '/customservice/kfaccount/update': ['POST', ['agents:manage']],
  '/customservice/kfaccount/del': ['either', ['agents:manage']],
  '/customservice/kfaccount/inviteworker': ['POST', ['agents:manage']],
  '/customservice/kfaccount/uploadheadimg': ['POST', ['agents:manage']],
  '/cgi-bin/customservice/getkflist': ['GET', agents],
  '/cgi-bin/customservice/getonlinekflist': ['GET', agents],
  // Without /cgi-bin, as wechatpy asks for them.
  '/customservice/getkflist': ['GET', agents],
  '/customservice/getonlinekflist': ['GET', agents],
  '/customservice/kfsession/create': ['POST', ['sessions:manage']],
  '/customservice/kfsession/close': ['POST', ['sessions:manage']],
  '/customservice/kfsession/getsession': ['GET', sessions],
  '/customservice/kfsession/getsessionlist': ['GET', sessions],
  '/customservice/kfsession/getwaitcase': ['GET', sessions],
  '/customservice/msgrecord/getmsglist': ['POST', ['records:read']],
  '/customservice/msgrecord/getrecord': ['POST', ['records:read']],
  '/cgi-bin/customservice/getrecord': ['POST', ['records:read']],
  '/cgi-bin/media/upload': ['POST', ['media', 'wechat:material']],
  '/cgi-bin/media/get': ['either', ['media', 'wechat:material']],
}

test('A3 every path that we answer opens to exactly the scopes of this table, and none lacks its line', () => {
  const found = endpoints.map((one) => [one.path, [one.method, one.auth === 'none' ? 'open' : one.scopes]])
  assert.deepEqual(Object.fromEntries(found), expected)
  assert.equal(found.length, Object.keys(expected).length)
})

test('A3 every other path opens to its permission set, and what could become another path to none', () => {
  const sets: Readonly<Record<string, readonly Scope[]>> = {
    '/cgi-bin/user/info': ['customers:read', 'wechat:users'],
    '/cgi-bin/user/info/updateremark': ['wechat:users'],
    '/cgi-bin/tags/members/batchblacklist': ['wechat:users'],
    '/cgi-bin/qrcode/create': ['wechat:qr-codes'],
    '/cgi-bin/menu/create': ['wechat:menu'],
    '/cgi-bin/message/template/send': ['wechat:notifications'],
    '/cgi-bin/message/mass/sendall': ['wechat:notifications'],
    '/cgi-bin/material/add_material': ['wechat:material'],
    '/cgi-bin/media/voice/addvoicetorecofortext': ['wechat:recognition'],
    '/customservice/work/get': ['wechat:mini-program'],
    '/device/transmsg': ['wechat:devices'],
  }
  for (const [path, scopes] of Object.entries(sets)) assert.deepEqual(scopesOfPath(path), scopes, path)
  const closed = [
    ...['/cgi-bin/component/api_component_token', '/cgi-bin/gettoken', '/sns/oauth2/access_token', '/cgi-bin/nothing'],
    ...['/cgi-bin/material/../menu/get', '/cgi-bin/material/%2e%2e/menu/get', '/cgi-bin/material//x', '/cgi-bin/menu/'],
    ...['/cgi-bin/menu/get;x', '/cgi-bin/menu\\get', '/CGI-BIN/menu/get', 'cgi-bin/menu/get', '', '/', '/constructor'],
  ]
  for (const path of closed) assert.deepEqual(scopesOfPath(path), [], path)
  for (const root of ['cgi-bin', 'customservice', 'device', 'card', 'sns']) assert.ok(apiRoots.includes(root))
})

test('the token is exchanged and every other parameter stays as it was written', () => {
  assert.equal(withToken('access_token=OURS', 'T/+'), 'access_token=T%2F%2B')
  assert.equal(withToken('a=%E4&access_token=OURS&b=x+y&&a=2', 'T'), 'access_token=T&a=%E4&b=x+y&a=2')
  assert.equal(withToken('access%5Ftoken=OURS&%61ccess_token=OURS&x=%zz', 'T'), 'access_token=T&x=%zz')
  assert.equal(withToken('', 'T'), 'access_token=T')
})

test('addresses are compared by range in both families, and an entry that is none lets nobody in', () => {
  assert.ok(isAllowedAddress([], 'anything'))
  assert.ok(isAllowedAddress(['10.0.0.0/8'], '::ffff:10.1.2.3'))
  assert.ok(isAllowedAddress([' 2001:db8::1 '], '2001:db8:0::1'))
  for (const list of [['10.0.0.0/8'], ['nonsense'], ['10.0.0.0/99'], ['2001:db8::/32']])
    assert.ok(!isAllowedAddress(list, '11.0.0.1'), String(list))
  assert.ok(!isAllowedAddress(['10.0.0.0/8'], ''))
  assert.equal(addressRefusal('::ffff:1.2.3.4'), 'invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist')
})

test("an agent is named by the account's WeChat ID, understood by its original id too, and never across accounts", () => {
  const account = { wechatId: 'acme', originalId: 'gh_1' } as Parameters<typeof kfAccountOf>[1] // all that names need
  assert.equal(kfAccountOf('lili', account), 'lili@acme')
  assert.equal(kfAccountOf('lili', { ...account, wechatId: null }), 'lili@gh_1')
  for (const name of ['lili@acme', 'lili@gh_1', 'lili']) assert.equal(agentIdOf(name, account), 'lili')
  for (const name of ['', '@acme', 'lili@other', 'lili@']) assert.equal(agentIdOf(name, account), null)
})

test('F64 an app has so many large bodies at once, and its other calls still pass', () => {
  const limits = createCallLimits(() => 0)
  const caller = { organizationId: 'o', appId: 'a', attached: { app: { rateLimit: null } } } as Parameters<
    typeof limits.enter
  >[0] // all that limits need
  const leaves = Array.from({ length: largeCallsAtOnce }, () => limits.enter(caller, true))
  assert.ok(leaves.every((leave) => leave !== null))
  assert.equal(limits.enter(caller, true), null)
  assert.ok(limits.enter(caller) !== null)
  leaves[0]?.()
  assert.ok(limits.enter(caller, true) !== null)
  assert.equal(limits.enter({ ...caller, appId: 'b' }, true) !== null, true)
})
