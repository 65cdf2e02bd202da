import { exampleDay } from './example-day.ts'
import { withBot } from './fake-apps.ts'
import { expireLeft, leaveMessage, resolveLeft } from './fake-message-box.ts'
import { writeNote } from './fake-notes.ts'
import { ruleTo, withDecisions, withHours, withVersions } from './fake-rules.ts'
import { close, park } from './fake-session.ts'
import { raiseHand } from './fake-supervision.ts'
import type { FakeWorld } from './fake-world.ts'

/** The example's day with something on every page: what is looked at whole, and what pictures are taken of. */
export function fullDay(): FakeWorld {
  const world = exampleDay()
  world.example = true
  const dispositions = [
    { code: 'solved', label: '已解决' },
    { code: 'refund', label: '退款退货' },
  ]
  const reasons = [
    { code: 'busy', label: '正忙', for: ['decline' as const, 'transfer' as const] },
    { code: 'other', label: '不属于我', for: ['decline' as const] },
    { code: 'none', label: '无需回复', for: ['close' as const] },
  ]
  world.sessions = { ...world.sessions, dispositions, reasons, dispositionNeeded: true }
  world.arrive('cv_9', '一位名字特别特别长并且还带着公司名称与地区的客户（杭州西湖分公司）')
  world.receive('cv_9', { type: 'text', text: '我先去拍照，晚点发给你' }, -600_000)
  world.assign('cv_9', 'lili', 'accept')
  raiseHand(world, 'cv_9')
  park(world, 'cv_9', { until: world.at(7_200_000), note: '等客户拍照' })
  world.arrive('cv_10', '开朗的河马 2208')
  world.receive('cv_10', { type: 'text', text: '谢谢，再见' }, -300_000)
  world.assign('cv_10', 'lili', 'accept')
  withWrapUp(world, () => close(world, 'cv_10'))
  raiseHand(world, 'cv_3', 'wang')
  withMessagesLeft(world)
  writeNote(world, 'cv_1', { text: '@莉莉 这位客户上次也遇到过漏水，记得先安抚', mentions: ['lili'] }, 'wang')
  withBot(world)
  withVersions(world)
  withHours(world)
  world.change('cv_7', {
    customer: { ...world.conversation('cv_7').customer, blocked: { since: world.at(), until: null } },
  })
  world.signIns.devices.set('wang', ['Chrome/130 Windows', 'Safari/17 iPhone'])
  world.signIns.totp.add('wang')
  withApproval(world)
  withDecisions(world, ['lili', 'wang', 'lili'])
  withTokens(world)
  withChanges(world)
  return world
}

/** Ending asks in a dialog where there is no time afterwards: the page shows the one as well as the other. */
function withWrapUp(world: FakeWorld, end: () => void): void {
  const { sessions } = world
  world.sessions = { ...sessions, wrapUpMs: 600_000 }
  end()
  world.sessions = sessions
}

/** Of a night and of long before: one to answer, one that nobody can answer, one that needs none. */
function withMessagesLeft(world: FakeWorld): void {
  const hour = 3_600_000
  const given = [
    ['cv_11', '早起的云雀 5512', '早上好，昨天的订单能改地址吗？', 9 * hour],
    ['cv_12', '一位名字特别特别长并且还带着地区的客户（成都高新区）', '请问保修期是多久', 50 * hour],
    ['cv_13', '夜里的猫 0417', '没事了，谢谢', 10 * hour],
  ] as const
  for (const [id, name, words, sinceMs] of given) {
    world.arrive(id, name)
    leaveMessage(world, id, { words, sinceMs, teamId: id === 'cv_13' ? null : 'aftersale' })
  }
  expireLeft(world, 'cv_12')
  resolveLeft(world, 'cv_13', { reason: 'none' })
}

/** Somebody else's version waits, and an override is over. */
function withApproval({ rules }: FakeWorld): void {
  rules.needsApproval = true
  rules.publish(ruleTo('presale'), '售前回来了', null, 'wang')
  rules.override({ then: {}, reason: '演练', expiresAt: '2026-10-01T00:00:00.000Z' })
  rules.endOverride()
}

function withTokens({ manage }: FakeWorld): void {
  const scopes = ['conversations:read', 'messages:read'] as const
  const holder = { kind: 'agent', id: 'lili' } as const
  manage.createToken({ holder, scopes: [...scopes], label: '每天的报表', expiresInMs: 90 * 86_400_000 })
  manage.createToken({ holder, scopes: ['configuration:read'], label: 'CI' })
}

export function withChanges(world: FakeWorld): void {
  const lili = { kind: 'agent', agentId: 'lili' } as const
  const wang = { agentId: 'wang', role: 'agent' as const, teams: ['presale'], disabled: false }
  world.tell(world.emit('agent.configured', lili, { ...wang, capacity: 5 }, { nickname: '=王强' }), undefined)
  world.tell(world.emit('agent.configured', lili, { ...wang, capacity: 8 }, { nickname: '=王强' }), undefined)
  world.tell(world.emit('team.configured', { kind: 'operator' }, { teamId: 'vip', name: '贵宾' }), undefined)
}
