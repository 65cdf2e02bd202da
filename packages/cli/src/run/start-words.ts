import type { ExampleSecrets } from '../example.ts'

export type Started = {
  /** One-time link that signs in. */
  readonly console: string
  readonly phone: string | null
  readonly appId: string
  readonly secrets: ExampleSecrets | null
  readonly data: string
  readonly isFirst: boolean
  readonly movedFrom: number | null
  readonly port: number
}

/** At most eight lines, in the language of the terminal. */
export function wordsOf(started: Started, env: Readonly<Record<string, string | undefined>>): string {
  const isChinese = /^zh/i.test(env.LC_ALL ?? env.LC_MESSAGES ?? env.LANG ?? '')
  const { phone, secrets, movedFrom } = started
  const say = (zh: string, en: string) => (isChinese ? zh : en)
  const moved =
    movedFrom === null
      ? ''
      : say(`（端口 ${movedFrom} 已被占用，改用 ${started.port}）`, ` (port ${movedFrom} is taken, so ${started.port})`)
  const lines = [
    started.isFirst
      ? say('Duoke 多客已启动。', 'Duoke 多客 is running.')
      : say('Duoke 多客已再次启动，数据保持不变。', 'Duoke 多客 is running again, with your data as it was.'),
    `${say('控制台', 'Console ')}  ${started.console}${say('  一次性链接，30 分钟内有效', '  one-time link, 30 minutes')}${moved}`,
  ]
  if (phone !== null && secrets !== null) {
    lines.push(
      `${say('手机　', 'Phone   ')}  ${phone}/${say('  模拟的微信', '  a simulated WeChat')}`,
      `${say('接口　', 'API     ')}  ${phone}  AppID ${started.appId}  AppSecret ${secrets.appSecret}`,
      `          Token ${secrets.token}  EncodingAESKey ${secrets.encodingAesKey}`,
    )
  }
  lines.push(
    `${say('数据　', 'Data    ')}  ${started.data}`,
    `${say('体检　', 'Check   ')}  npx duoke doctor --data ${quoted(started.data)}`,
    say('按 Ctrl-C 停止。', 'Press Ctrl-C to stop.'),
  )
  return lines.join('\n')
}

const quoted = (path: string) => (/^[\w./:@-]+$/.test(path) ? path : `"${path}"`)
