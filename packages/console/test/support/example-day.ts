import { close } from './fake-session.ts'
import { FakeWorld } from './fake-world.ts'

const text = (words: string) => ({ type: 'text', text: words }) as const
const minute = 60_000

/** A picture to look at: a sky over hills, drawn here. */
const picture = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="320"><rect width="480" height="320" fill="#8ec5ff"/><circle cx="380" cy="80" r="40" fill="#ffd54a"/><path d="M0 240 L120 140 L220 230 L320 120 L480 250 V320 H0Z" fill="#4d8f5c"/></svg>`,
)

/** An ordinary morning with every kind of message, for looking at the pages and for the tests. */
export function exampleDay(): FakeWorld {
  const world = new FakeWorld()
  const customers = [
    ['cv_1', '陈晓'],
    ['cv_2', '晴朗的海豚 4821'],
    ['cv_3', '王建国（老客户）'],
    ['cv_4', '安静的山雀 0093'],
    ['cv_5', '刘洋'],
    ['cv_6', '勤快的松鼠 7710'],
    ['cv_7', '赵一鸣'],
    ['cv_8', '周末愉快'],
  ] as const
  for (const [id, name] of customers) world.arrive(id, name)
  world.media.set('md_1', { type: 'image/svg+xml', bytes: picture })
  keepReplies(world)
  earlier(world)
  world.receive('cv_4', text('你们周末发货吗？'), -130_000)
  world.receive('cv_5', text('我的订单 20260105-8841 一直没有物流信息，麻烦看一下'), -72_000)
  world.receive('cv_6', { type: 'voice', mediaId: 'md_9', format: 'amr', recognition: '请问可以开发票吗' }, -8_000)
  return world
}

function earlier(world: FakeWorld): void {
  world.receive('cv_1', { type: 'action', action: 'follow', key: 'spring' }, -26 * 60 * minute)
  world.receive('cv_1', text('你好，想问一下这款咖啡机还有货吗？'), -26 * 60 * minute)
  world.assign('cv_1', 'lili', 'routing')
  world.submit('cv_1', text('您好！有货的，今天下单明天就能送到。'), 'd1')
  close(world, 'cv_1')
  world.receive('cv_1', text('在吗 /::D 收到了，但是[捂脸]有点问题'), -4 * minute)
  world.assign('cv_1', 'lili', 'routing')
  world.receive('cv_1', { type: 'image', mediaId: 'md_1' }, -3.5 * minute)
  world.receive(
    'cv_1',
    { type: 'voice', mediaId: 'md_9', format: 'amr', recognition: '水箱这里一直在漏水' },
    -3 * minute,
  )
  world.receive(
    'cv_1',
    { type: 'location', latitude: 30.25961, longitude: 120.13026, label: '杭州市西湖区龙井路 1 号' },
    -2.5 * minute,
  )
  const first = world.submit(
    'cv_1',
    text('收到，给您添麻烦了。麻烦看一下水箱底部的密封圈有没有装到位？\n教程：https://acme.example/help/tank'),
    'd2',
  )
  world.settle('cv_1', first.id)
  world.nextOutcome = 'unknown'
  world.settle('cv_1', world.submit('cv_1', text('如果还是漏，我们给您换一台。'), 'd3').id)
  world.nextOutcome = 'refused'
  world.nextCode = 45047
  world.settle('cv_1', world.submit('cv_1', text('退换货政策请看链接'), 'd4').id)
  world.receive(
    'cv_1',
    { type: 'link', title: '咖啡机水箱安装图解', description: '三步装好密封圈', url: 'https://acme.example/help/tank' },
    -60_000,
  )
  world.receive('cv_1', text('装好了，不漏了，谢谢！[强]'), -20_000)
  world.receive('cv_2', text('优惠券怎么用不了'), -50 * minute)
  world.assign('cv_2', 'lili', 'accept')
  world.settle('cv_2', world.submit('cv_2', text('请问您用的是哪一张？'), 'd5').id)
  world.receive(
    'cv_2',
    { type: 'mini-program', title: 'Acme 会员中心', appId: 'wx1', pagePath: 'pages/coupon/index' },
    -2 * minute,
  )
  world.receive('cv_3', text('上次说的企业采购，报价出来了吗？'), -80 * minute)
  world.assign('cv_3', 'wang', 'routing')
  world.settle('cv_3', world.submit('cv_3', text('报价单已经发您邮箱。'), 'd6', 'wang').id)
  world.receive('cv_7', text('好的谢谢'), -3 * 24 * 60 * minute)
  world.assign('cv_7', 'lili', 'routing')
  close(world, 'cv_7')
  world.receive('cv_8', { type: 'video', mediaId: 'md_8', title: '' }, -8 * 24 * 60 * minute)
  world.assign('cv_8', 'wang', 'routing')
  close(world, 'cv_8')
}

function keepReplies(world: FakeWorld): void {
  const organization = { kind: 'organization' } as const
  const own = { kind: 'agent', agentId: 'lili' } as const
  const presale = { kind: 'team', teamId: 'presale' } as const
  const given = [
    ['问候', 'wen hou', organization, '', [text('{{customer}}您好，我是{{agent}}，很高兴为您服务。')], 42],
    [
      '退货地址',
      'tui huo di zhi',
      organization,
      '售后',
      [text('退货请寄：杭州市西湖区龙井路 1 号'), text('寄出后请把单号发给我。')],
      12,
    ],
    ['退换政策', 'tui huan zheng ce', organization, '售后', [text('签收后 7 天内可以无理由退换。')], 7],
    [
      '安装示意图',
      'an zhuang shi yi tu',
      presale,
      '安装',
      [{ type: 'image', mediaId: 'md_1' }, text('请对照图片检查密封圈。')],
      3,
    ],
    ['稍等', 'shao deng', own, '', [text('请稍等，我查一下。')], 0],
  ] as const
  for (const [index, [title, pinyin, owner, group, parts, uses]] of given.entries()) {
    world.quickReplies.push({
      id: `qr_${index + 1}`,
      owner,
      title,
      group,
      parts: [...parts],
      pinyin,
      uses,
      lastUsedAt: null,
    })
  }
}
