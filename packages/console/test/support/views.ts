import type { ConsolePage } from './console-page.ts'
import { endOffer, offerTo } from './fake-session.ts'
import type { FakeWorld } from './fake-world.ts'
import { until } from './until.ts'

type Step =
  | { readonly key: string }
  /** By its words, in both languages. */
  | { readonly button: RegExp }
  /** In the place of what the editor holds. */
  | { readonly write: string }

export type View = {
  /** Also the name of its picture. */
  readonly name: string
  readonly path: string
  /** Something to be seen when the page is there. */
  readonly ready: string
  /** What opens its dialog. */
  readonly open?: readonly Step[]
  /** What stands in a dialog of its own where there is no room for it beside the thread. */
  readonly narrow?: readonly Step[]
  /** The key that opens something on the page itself, and what that is; Escape in it and the key `back` close it. */
  readonly beside?: { readonly keys: string; readonly is: string; readonly back?: string }
  /** What happens meanwhile, and is over when the view was seen. */
  readonly during?: { readonly begin: (world: FakeWorld) => void; readonly end: (world: FakeWorld) => void }
}

const thread = { path: '#/c/cv_1', ready: '[data-composer]' } as const
const closedThread = { ready: '[role=log]' } as const
const replies = { path: '#/quick-replies', ready: 'main li' } as const
const accounts = { path: '#/accounts', ready: 'dl' } as const
const agents = { path: '#/agents', ready: 'table' } as const
const rules = { path: '#/rules', ready: 'main [role=textbox]:not([aria-readonly=true])' } as const
const hours = { path: '#/hours', ready: 'main table' } as const
const tokens = { path: '#/tokens', ready: 'main li' } as const
const live = { path: '#/live', ready: 'main table, main li' } as const
const customer = [{ button: /^(客户资料|Customer)$/ }]

const inbox: readonly View[] = [
  { name: 'inbox', path: '#/', ready: '[role=tab]' },
  { name: 'thread', ...thread },
  { name: 'thread-of-another', path: '#/c/cv_3', ...closedThread },
  { name: 'thread-waiting', path: '#/c/cv_5', ...closedThread },
  { name: 'thread-ended', path: '#/c/cv_7', ...closedThread },
  { name: 'thread-parked-hand-raised', path: '#/c/cv_9', ready: '[data-composer]' },
  {
    name: 'messages-left',
    path: '#/',
    ready: '[role=tab]',
    beside: { keys: '4', is: '[role=tabpanel]:has([data-left-row])', back: '2' },
  },
  { name: 'thread-message-left', path: '#/c/cv_11', ready: '[data-left]' },
  { name: 'thread-message-expired', path: '#/c/cv_12', ready: '[data-left]' },
  { name: 'thread-message-resolved', path: '#/c/cv_13', ready: '[data-left]' },
  { name: 'resolve-message-left', path: '#/c/cv_11', ready: '[data-left]', open: [{ key: 'v' }] },
  { name: 'wrap-up', path: '#/c/cv_10', ready: '[role=combobox]' },
  {
    name: 'decline',
    path: '#/c/cv_5',
    ...closedThread,
    open: [{ button: /^(不接入|Pass)$/ }],
    during: {
      begin: (world) => offerTo(world, 'cv_5', world.selfId, 600_000),
      end: (world) => endOffer(world, 'cv_5', 'timed-out'),
    },
  },
  { name: 'transfer', ...thread, open: [{ key: 't' }] },
  { name: 'park', ...thread, open: [{ key: 'p' }] },
  { name: 'close', ...thread, open: [{ key: 'e' }] },
  { name: 'decision', ...thread, open: [{ key: 'w' }] },
  { name: 'find', ...thread, beside: { keys: 'f', is: '[data-find]' } },
  { name: 'note', ...thread, beside: { keys: 'm', is: '[data-note]', back: 'm' } },
  { name: 'mentions', ...thread, open: [{ key: 'a' }] },
  { name: 'search', ...thread, open: [{ key: 'g' }] },
  { name: 'date', ...thread, open: [{ key: 'c' }] },
  { name: 'keys', ...thread, open: [{ key: '?' }] },
  { name: 'palette', ...thread, open: [{ key: 'Control+k' }] },
  { name: 'supervise', path: '#/c/cv_3', ...closedThread, open: [{ button: /^(主管操作|Supervise)/ }] },
  { name: 'block', ...thread, narrow: customer, open: [{ button: /^(拉黑客户|Block customer)$/ }] },
]

const manage: readonly View[] = [
  { name: 'start', path: '#/start', ready: 'ol' },
  { name: 'live', ...live },
  { name: 'live-list', ...live, open: [{ button: /^(待接入：|Waiting: )/ }] },
  { name: 'live-agent', ...live, open: [{ button: /^(调整|Change) / }] },
  { name: 'accounts', ...accounts },
  { name: 'account-connect', ...accounts, open: [{ button: /^(接入公众号|Connect an account)$/ }] },
  { name: 'account-rotate', ...accounts, open: [{ button: /^(更换密钥|Rotate secrets)/ }] },
  { name: 'agents', ...agents },
  { name: 'agent-add', ...agents, open: [{ button: /^(添加客服|Add agent)$/ }] },
  { name: 'agent-edit', ...agents, open: [{ button: /^(修改|Edit) 王强$/ }] },
  { name: 'agents-import', ...agents, open: [{ button: /^(批量导入|Import).*…$/ }] },
  { name: 'team-add', ...agents, open: [{ button: /^(添加客服组|Add team)$/ }] },
  { name: 'agent-sign-ins', ...agents, open: [{ button: /^(王强 的登录|Sign-ins of 王强)$/ }] },
  { name: 'blocked', path: '#/blocked', ready: 'main li' },
  { name: 'rules', ...rules },
  { name: 'rules-changes', ...rules, open: [{ button: /^(第 2 版的改动|Changes of version 2)$/ }] },
  { name: 'rules-revert', ...rules, open: [{ button: /^(恢复为默认规则|Back to the default rule)…$/ }] },
  {
    name: 'rules-publish',
    ...rules,
    open: [
      { write: 'version: 1\nrules:\n  - id: all\n    when: "true"\n    then:\n      team: presale\n' },
      { button: /^(比较并发布|Compare and publish)…$/ },
    ],
  },
  {
    name: 'rules-preview',
    ...rules,
    open: [
      { write: 'version: 1\nrules:\n  - id: all\n    when: "true"\n    then:\n      team: aftersale\n' },
      { button: /^(用历史试算|Preview on history)…$/ },
      { button: /^(开始试算|Start)$/ },
    ],
  },
  { name: 'rules-reject', ...rules, open: [{ button: /^(驳回|Reject)…$/ }] },
  { name: 'rules-override', ...rules, open: [{ button: /^(开始紧急覆盖|Override the rules)…$/ }] },
  { name: 'hours', ...hours },
  { name: 'hours-new', ...hours, open: [{ button: /^(新建服务时间|New hours)$/ }] },
  { name: 'decisions', path: '#/decisions', ready: 'main li' },
  { name: 'fairness', path: '#/fairness', ready: 'table, [role=list], main ul' },
  { name: 'forecast', path: '#/forecast', ready: 'table, [role=list], main ul' },
  { name: 'apps', path: '#/apps', ready: 'summary' },
  { name: 'app-deliveries', path: '#/apps', ready: 'summary', open: [{ button: /^(推送记录|Deliveries)$/ }] },
  { name: 'audit', path: '#/audit', ready: 'summary' },
  { name: 'tokens', ...tokens },
  { name: 'token-create', ...tokens, open: [{ button: /^(创建令牌|Create token)$/ }] },
  { name: 'token-revoke', ...tokens, open: [{ button: /^(吊销|Revoke) CI$/ }] },
  { name: 'configuration', path: '#/configuration', ready: 'main [role=textbox]' },
  {
    name: 'configuration-apply',
    path: '#/configuration',
    ready: 'main [role=textbox]',
    open: [
      {
        write: 'version: 1\norganization:\n  id: acme\n  name: Acme\nteams:\n  - id: presale\n    name: 售前一组\n',
      },
      { button: /^(比较并应用|Compare and apply)…$/ },
    ],
  },
]

const rest: readonly View[] = [
  { name: 'quick-replies', ...replies },
  { name: 'quick-reply-new', ...replies, open: [{ button: /^(新建|New)$/ }] },
  { name: 'quick-reply-change', ...replies, open: [{ button: /^(修改|Change) 退货地址$/ }] },
  { name: 'quick-reply-remove', ...replies, open: [{ button: /^(删除|Delete) 退货地址$/ }] },
  { name: 'quick-replies-import', ...replies, open: [{ button: /^(导入|Import)$/ }] },
  { name: 'profile', path: '#/me', ready: '[aria-labelledby] , li' },
  { name: 'totp', path: '#/me', ready: '[aria-labelledby] , li', open: [{ button: /^(启用|Switch on)$/ }] },
  { name: 'try', path: '#/try', ready: '[role=tab]' },
]

/** Every page and every dialog. */
export const views: readonly View[] = [...inbox, ...manage, ...rest]

export async function show(desk: ConsolePage, world: FakeWorld, view: View): Promise<void> {
  const { page } = desk
  // Painted once more, so that what is to be seen is not that of the page before.
  await page.evaluate(async (hash) => {
    location.hash = hash
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame)
  }, view.path)
  await page.locator(view.ready).first().waitFor()
  view.during?.begin(world)
  const isNarrow = (page.viewportSize()?.width ?? 0) < 1080
  for (const step of [...(isNarrow ? (view.narrow ?? []) : []), ...(view.open ?? [])]) await take(desk, step)
  if (view.beside !== undefined) {
    await take(desk, { key: view.beside.keys })
    await page.locator(view.beside.is).waitFor()
  }
  if (view.open !== undefined) await page.getByRole('dialog').last().waitFor()
}

async function take({ page }: ConsolePage, step: Step): Promise<void> {
  if ('key' in step) {
    // Keys are for the page: what was written in or clicked before has no part in it.
    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
    await page.keyboard.press(step.key)
  } else if ('button' in step) {
    await page.getByRole('button', { name: step.button }).first().click()
  } else {
    await page.locator('main [role=textbox]:not([aria-readonly=true])').click()
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText(step.write)
  }
}

/** Back to the page without a dialog. */
export async function leave(desk: ConsolePage, world: FakeWorld, view: View): Promise<void> {
  const { page } = desk
  view.during?.end(world)
  if (view.beside !== undefined) await page.locator(view.beside.is).press('Escape')
  if (view.beside?.back !== undefined) await take(desk, { key: view.beside.back })
  // Of two the upper one goes first, and the lower one hears the key only when it has the focus again.
  await until(async () => {
    const isOpen = (await page.getByRole('dialog').count()) > 0
    if (isOpen) await page.keyboard.press('Escape')
    return !isOpen
  })
}
