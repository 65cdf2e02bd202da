import type {
  Body,
  ErrorCode,
  OperationId,
  OutgoingContent,
  Problem,
  QuickReply,
  Response,
  RulesDocument,
} from '@duoke/contract'
import { parse } from 'yaml'
import { draftOf, keepDraft } from './fake-drafts.ts'
import { daysOf, messagesPage, searchIn } from './fake-finding.ts'
import { forecastOf } from './fake-forecast.ts'
import { messagesLeftIn, reopenLeft, resolveLeft, takeLeft } from './fake-message-box.ts'
import { mentionsOf, seeMentions, writeNote } from './fake-notes.ts'
import { customersOf } from './fake-people.ts'
import { fairnessOf, holidaysOf, previewOf } from './fake-reports.ts'
import { block, close, dispose, endOffer, grab, offerTo, park, resume } from './fake-session.ts'
import { join, leave, liveOf, lowerHand, raiseHand, whisperIn } from './fake-supervision.ts'
import type { FakeWorld } from './fake-world.ts'

export class Refusal extends Error {
  readonly code: ErrorCode
  readonly errors: Problem['errors']
  constructor(code: ErrorCode, errors?: Problem['errors']) {
    super(code)
    this.code = code
    this.errors = errors
  }
}

type Asked = { readonly params: Record<string, string>; readonly query: URLSearchParams; readonly body: unknown }
type Answers = { readonly [O in OperationId]?: (world: FakeWorld, asked: Asked) => Response<O> }

const page = <T>(items: readonly T[]) => ({ items: [...items], next: null })
const idOf = ({ params }: Asked) => params['conversationId'] ?? ''
/** The console wrote it a moment ago, typed by the same contract; the real server parses it. */
const bodyOf = <T>({ body }: Asked) => body as T

const answers: Answers = {
  getMe: (world) => world.me(),
  signIn: (world, asked) => {
    const { password, totp } = bodyOf<{ password: string; totp?: string }>(asked)
    if (password !== 'correct horse') throw new Refusal('sign_in_refused')
    if (world.totp && totp === undefined) throw new Refusal('second_factor_required')
    return world.me()
  },
  signInWithLink: (world, asked) => {
    if (bodyOf<{ code: string }>(asked).code.startsWith('used')) throw new Refusal('link_expired')
    return world.me()
  },
  signOut: () => undefined,
  setPresence: (world, asked) => world.setStatus(world.selfId, bodyOf<{ status: 'online' }>(asked).status),
  listTeams: (world) => page(world.teams),
  listAgents: (world) => page([...world.agents.values()]),
  listQuickReplies: (world) => page(world.quickReplies),
  createQuickReply: (world, asked) => keep(world, [bodyOf<Body<'createQuickReply'>>(asked)]),
  importQuickReplies: (world, asked) => {
    const { owner, items } = bodyOf<Body<'importQuickReplies'>>(asked)
    keep(
      world,
      items.map((item) => ({ owner, ...item })),
    )
    return { ids: items.map(({ title }) => title) }
  },
  changeQuickReply: (world, asked) => {
    const at = world.quickReplies.findIndex(({ id }) => id === asked.params['quickReplyId'])
    const known = world.quickReplies[at]
    if (known === undefined) throw new Refusal('not_found')
    const changed = { ...known, group: '', ...bodyOf<Body<'changeQuickReply'>>(asked) }
    world.quickReplies[at] = changed
    return changed
  },
  deleteQuickReply: (world, asked) => {
    const at = world.quickReplies.findIndex(({ id }) => id === asked.params['quickReplyId'])
    world.quickReplies.splice(at, 1)
    return undefined
  },
  listAccounts: (world) => page(world.accounts),
  listApps: (world) => page(world.apps),
  listAppConsents: (world) => page(world.consents),
  listAppDeliveries: (world, { query }) => {
    const from = Number(query.get('after') ?? 0)
    const until = from + Number(query.get('limit'))
    return { items: world.deliveries.slice(from, until), next: until < world.deliveries.length ? String(until) : null }
  },
  resumeApp: (world) => {
    const [app] = world.apps
    if (app === undefined) throw new Refusal('not_found')
    for (const attachment of app.accounts) attachment.suspended = null
    return app
  },
  checkAccount: (world) => world.check,
  listConversations: (world, { query }) =>
    page(
      [...world.conversations.values()].filter(({ id, status }) => {
        const ids = query.get('ids')?.split(',')
        return ids === undefined ? status === query.get('status') : ids.includes(id)
      }),
    ),
  getConversation: (world, asked) => world.conversation(idOf(asked)),
  listMessages: (world, asked) => messagesPage(world, idOf(asked), asked.query),
  getDraft: (world, asked) => draftOf(world, idOf(asked)),
  putDraft: (world, asked) => keepDraft(world, idOf(asked), bodyOf<Body<'putDraft'>>(asked)),
  getPreferences: (world) => world.preferences,
  putPreferences: (world, asked) => {
    world.preferences = bodyOf<Body<'putPreferences'>>(asked)
    return world.preferences
  },
  writeNote: (world, asked) => writeNote(world, idOf(asked), bodyOf<Body<'writeNote'>>(asked)),
  listMentions: (world, { query }) => mentionsOf(world, query),
  seeMentions: (world, asked) => seeMentions(world, bodyOf<{ upTo: number }>(asked).upTo),
  searchMessages: (world, { query }) => searchIn(world, query),
  listMessageDays: (world, asked) => daysOf(world, idOf(asked), asked.query.get('month')),
  sendMessage: (world, asked) => {
    const { clientId, quickReplyId, ...content } = bodyOf<
      OutgoingContent & { clientId: string; quickReplyId?: string }
    >(asked)
    if (quickReplyId !== undefined) world.begunWith.push(quickReplyId)
    if (world.conversation(idOf(asked)).assignee !== world.selfId) throw new Refusal('not_held')
    const message = world.submit(idOf(asked), content, clientId)
    setTimeout(() => world.settle(idOf(asked), message.id), 150)
    return message
  },
  acceptConversation: (world, asked) => {
    if (world.agent(world.selfId).status !== 'online') throw new Refusal('agent_offline')
    if (world.conversation(idOf(asked)).status !== 'waiting') throw new Refusal('held_by_another')
    if (world.conversation(idOf(asked)).broadcast !== undefined) {
      grab(world, idOf(asked), world.selfId)
      return world.conversation(idOf(asked))
    }
    endOffer(world, idOf(asked), 'accepted')
    world.assign(idOf(asked), world.selfId, 'accept')
    return world.conversation(idOf(asked))
  },
  declineConversation: (world, asked) => {
    if (world.conversation(idOf(asked)).offer?.agentId !== world.selfId) throw new Refusal('not_offered')
    endOffer(world, idOf(asked), 'declined', bodyOf<{ reason?: string }>(asked).reason)
    offerTo(world, idOf(asked), 'wang')
    return world.conversation(idOf(asked))
  },
  transferConversation: (world, asked) => {
    const { to, note } = bodyOf<{ to: { agentId?: string }; note?: string }>(asked)
    if (to.agentId === undefined) world.queue(idOf(asked))
    else world.assign(idOf(asked), to.agentId, 'transfer', note)
    return world.conversation(idOf(asked))
  },
  parkConversation: (world, asked) => {
    park(world, idOf(asked), bodyOf<{ until?: string; note?: string }>(asked))
    return world.conversation(idOf(asked))
  },
  resumeConversation: (world, asked) => {
    resume(world, idOf(asked))
    return world.conversation(idOf(asked))
  },
  listMessagesLeft: (world) => page(messagesLeftIn(world)),
  takeMessageLeft: (world, asked) => takeLeft(world, idOf(asked)),
  resolveMessageLeft: (world, asked) => resolveLeft(world, idOf(asked), bodyOf(asked)),
  reopenMessageLeft: (world, asked) => reopenLeft(world, idOf(asked)),
  getLive: (world) => liveOf(world),
  raiseHand: (world, asked) => {
    raiseHand(world, idOf(asked))
    return world.conversation(idOf(asked))
  },
  lowerHand: (world, asked) => {
    lowerHand(world, idOf(asked), 'withdrawn')
    return world.conversation(idOf(asked))
  },
  answerHand: (world, asked) => {
    const { text } = bodyOf<Body<'answerHand'>>(asked)
    if (text !== undefined) whisperIn(world, idOf(asked), text)
    lowerHand(world, idOf(asked), 'answered')
    return world.conversation(idOf(asked))
  },
  joinConversation: (world, asked) => {
    join(world, idOf(asked))
    return world.conversation(idOf(asked))
  },
  leaveConversation: (world, asked) => {
    leave(world, idOf(asked))
    return world.conversation(idOf(asked))
  },
  takeOverConversation: (world, asked) => {
    world.assign(idOf(asked), world.selfId, 'take-over')
    return world.conversation(idOf(asked))
  },
  forceTransfer: (world, asked) => {
    world.assign(idOf(asked), bodyOf<Body<'forceTransfer'>>(asked).to.agentId, 'transfer')
    return world.conversation(idOf(asked))
  },
  blockCustomer: (world, { params }) => block(world, params['customerId'] ?? '', world.at()),
  unblockCustomer: (world, { params }) => block(world, params['customerId'] ?? '', null),
  closeConversation: (world, asked) => {
    close(world, idOf(asked), bodyOf<Body<'closeConversation'>>(asked))
    return world.conversation(idOf(asked))
  },
  disposeSession: (world, asked) => {
    dispose(world, idOf(asked), bodyOf<Body<'disposeSession'>>(asked))
    return world.conversation(idOf(asked))
  },
  reopenConversation: (world, asked) => {
    world.assign(idOf(asked), world.selfId, 'reopen')
    return world.conversation(idOf(asked))
  },
  readConversation: (world, asked) => {
    world.read(idOf(asked), bodyOf<{ upTo: number }>(asked).upTo)
    return undefined
  },
  showTyping: () => undefined,
  uploadMedia: (world, asked) => {
    const id = `md_${world.media.size + 1}`
    world.media.set(id, { type: 'image/png', bytes: fileIn(bodyOf<Buffer>(asked)) })
    return { id, contentType: 'image/png', sizeBytes: 1, state: 'stored' }
  },
  listEvents: (world, { query }) => {
    const conversation = query.get('conversation')
    const types = query.get('types')?.split(',')
    const items = world.events
      .slice(Number(query.get('after') ?? 0))
      .filter(({ conversationId }) => conversation === null || conversationId === conversation)
      .filter(({ type }) => types === undefined || types.includes(type))
    // The schema leaves facts open; these are the contract's own.
    return { items: items as Response<'listEvents'>['items'], next: String(world.position) }
  },
  getCustomer: (world, { params }) => {
    const id = params['customerId'] ?? ''
    const conversationId = id.replace(/^cu_/, '')
    const { name, following, tags, ownerId } = world.conversation(conversationId).customer
    const profile = { province: '浙江', city: '杭州' }
    const openid = 'oLVPpjqs9BhvzwPj5A-vTYAX3GLc'
    return {
      id,
      name,
      accountId: 'acme-oa',
      conversationId,
      openid,
      following,
      tags,
      ownerId,
      profile,
      createdAt: world.at(-86_400_000 * 40),
    }
  },
  getDecision: (world, { params }) => ({
    id: params['decisionId'] ?? '',
    position: 1,
    at: world.at(-60_000),
    conversationId: 'cv_1',
    sessionId: 'ss_1',
    cause: 'new session',
    ruleVersion: 1,
    rule: 'least loaded, then longest idle',
    teamIds: ['presale'],
    winner: { kind: 'agent', agentId: 'lili', stintId: 'st_1', since: world.at(-60_000) },
    candidates: [
      { agentId: 'lili', load: 1, capacity: 5, idleSince: world.at(-600_000) },
      { agentId: 'wang', load: 2, capacity: 5, idleSince: world.at(-300_000) },
    ],
    excluded: [
      { reason: 'away', agentIds: ['zhao'] },
      { reason: 'offline', agentIds: ['sun'] },
    ],
    tieBreak: null,
  }),
  getConfiguration: (world) => world.manage.document(),
  applyConfiguration: (world, asked) => {
    if (world.manage.refused.length > 0) throw new Refusal('invalid_configuration', world.manage.refused)
    return world.manage.apply(bodyOf(asked))
  },
  listTokens: (world) => page(world.manage.tokens),
  createToken: (world, asked) => world.manage.createToken(bodyOf(asked)),
  endToken: (world, { params }) => {
    const at = world.manage.tokens.findIndex(({ id }) => id === params['tokenId'])
    if (at < 0) throw new Refusal('not_found')
    world.manage.tokens.splice(at, 1)
    return undefined
  },
  listCustomers: (world, { query }) => page(customersOf(world, query.get('blocked'))),
  listAgentSignIns: (world, { params }) => world.signIns.of(params['agentId'] ?? ''),
  endAgentSignIn: (world, { params }) => world.signIns.end(params['agentId'] ?? '', params['tokenId']),
  endAgentSignIns: (world, { params }) => world.signIns.end(params['agentId'] ?? '', undefined),
  removeAgentTotp: (world, { params }) => {
    world.signIns.totp.delete(params['agentId'] ?? '')
    return undefined
  },
  getFairness: (world, { query }) => fairnessOf(world, periodIn(query)),
  listHolidays: (_world, { query }) => holidaysOf(Number(query.get('year'))),
  getForecast: (_world, { query }) => forecastOf(periodIn(query)),
  previewRules: (_world, asked) => previewOf(bodyOf<Body<'previewRules'>>(asked)),
  getRules: (world) => world.rules.inForce(),
  validateRules: (world, asked) => ({
    findings: world.rules.findings(bodyOf<{ text: string }>(asked).text),
    starvationBoundMs: 540_000,
  }),
  publishRules: (world, asked) => {
    const { text, document, reason, basedOn } = bodyOf<Body<'publishRules'>>(asked)
    if (basedOn !== world.rules.versions.length) throw new Refusal('changed_meanwhile')
    return world.rules.publish(text === undefined ? (document as RulesDocument) : parse(text), reason) // the console's own
  },
  revertRules: (world, asked) => {
    const { version, reason } = bodyOf<{ version: number; reason: string }>(asked)
    return world.rules.publish(rulesVersion(world, version).document, reason, version)
  },
  approveRules: (world) => rulesAnswer(world, true),
  rejectRules: (world) => rulesAnswer(world, false),
  overrideRules: (world, asked) => world.rules.override(bodyOf(asked)),
  endRulesOverride: (world) => {
    world.rules.endOverride()
    return undefined
  },
  listRulesOverrides: (world) => page(world.rules.overrides),
  listRulesVersions: (world) => page(world.rules.versions.toReversed()),
  getRulesVersion: (world, { params }) => rulesVersion(world, Number(params['version'])),
  listDecisions: (world, { query }) =>
    page(
      world.rules.decisions.filter(({ winner }) => {
        const agent = query.get('agent')
        return agent === null || (winner.kind === 'agent' && winner.agentId === agent)
      }),
    ),
  listSignIns: (world) =>
    page(
      [
        { label: 'Chrome · Windows', current: true, id: 'tk_1' },
        { label: 'Safari · iPhone', current: false, id: 'tk_2' },
      ].map((one) => ({
        ...one,
        kind: 'sign-in' as const,
        holder: { kind: 'agent', id: 'lili' },
        scopes: [],
        createdAt: world.at(-7_200_000),
        expiresAt: null,
        lastUsedAt: world.at(-60_000),
      })),
    ),
  endSignIn: () => undefined,
  changePassword: () => undefined,
  startTotp: () => ({
    secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    uri: 'otpauth://totp/Duoke:lili?secret=JBSWY3DPEHPK3PXP',
  }),
  confirmTotp: (world) => {
    world.totp = true
    return undefined
  },
  removeTotp: (world) => {
    world.totp = false
    return undefined
  },
  createSignInLink: (world) => ({
    url: 'https://kf.acme.example/#/welcome/5f3759df5f3759df5f3759df',
    expiresAt: world.at(1_800_000),
  }),
  getExample: (world) => ({ phoneUrl: world.phoneUrl }),
  removeExample: (world) => {
    world.example = false
    world.conversations.clear()
    return world.me()
  },
}

function keep(world: FakeWorld, given: readonly Body<'createQuickReply'>[]): QuickReply {
  for (const reply of given) {
    const id = `qr_${world.quickReplies.length + 1}`
    world.quickReplies.push({ group: '', ...reply, id, pinyin: reply.title, uses: 0, lastUsedAt: null })
  }
  const last = world.quickReplies.at(-1)
  if (last === undefined) throw new Error('nothing was given')
  return last
}

const periodIn = (query: URLSearchParams) => ({ from: query.get('from') ?? '', to: query.get('to') ?? '' })

function rulesAnswer(world: FakeWorld, isApproved: boolean) {
  const answered = world.rules.answer(isApproved)
  if (answered === undefined) throw new Refusal('not_found')
  return answered
}

function rulesVersion(world: FakeWorld, version: number) {
  const found = world.rules.version(version)
  if (found === undefined) throw new Refusal('not_found')
  return found
}

export function answerOf(world: FakeWorld, operation: OperationId, asked: Asked): unknown {
  const answer: ((world: FakeWorld, asked: Asked) => unknown) | undefined = answers[operation]
  if (answer === undefined) throw new Error(`The fake server has no answer for ${operation}`)
  return answer(world, asked)
}

/** The bytes of the one part of a multipart body. */
function fileIn(body: Buffer): Uint8Array {
  const start = body.indexOf('\r\n\r\n') + 4
  const boundary = body.subarray(0, body.indexOf('\r\n'))
  return body.subarray(start, body.indexOf(boundary, start) - 2)
}
