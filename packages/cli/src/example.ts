import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConfigurationDocument } from '@duoke/sdk'

export const exampleOrganization = 'acme'
export const exampleAccount = 'acme-oa'
export const exampleAppId = 'wxba5fad812f8e6fb9'
/** Who the one-time link of `duoke start` signs in. */
export const exampleOwner = 'lili'

export type ExampleSecrets = { readonly appSecret: string; readonly token: string; readonly encodingAesKey: string }

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const letters = (count: number) => Array.from(randomBytes(count), (byte) => alphabet[byte % alphabet.length]).join('')

/** Secrets of the example account: drawn once, kept beside the data, shared with the simulator. Null before the first start. */
export function readExampleSecrets(dataDir: string): ExampleSecrets | null {
  const file = exampleFile(dataDir)
  if (!existsSync(file)) return null
  // Written below, with more than the secrets.
  const { appSecret, token, encodingAesKey } = JSON.parse(readFileSync(file, 'utf8')) as ExampleSecrets
  return { appSecret, token, encodingAesKey }
}

export function drawExampleSecrets(): ExampleSecrets {
  return { appSecret: randomBytes(16).toString('hex'), token: letters(16), encodingAesKey: letters(43) }
}

/** The simulator reads the same file, with the address it has to push to. */
export function writeExampleSecrets(dataDir: string, secrets: ExampleSecrets & { readonly pushUrl: string }): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const file = exampleFile(dataDir)
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  return file
}

const exampleFile = (dataDir: string) => join(dataDir, 'example.json')

/** The organization of the first start: one official account in safe mode, two teams, three agents, no passwords. */
export function exampleDocument(secrets: ExampleSecrets, apiBase: string): ConfigurationDocument {
  return {
    version: 1,
    organization: { id: exampleOrganization, name: 'Acme', timeZone: 'Asia/Shanghai' },
    teams: [
      { id: 'presale', name: '售前' },
      { id: 'aftersale', name: '售后' },
    ],
    accounts: [
      {
        id: exampleAccount,
        kind: 'official-account',
        name: 'Acme 服务号',
        wechatId: 'acme',
        originalId: 'gh_0a81e05b394e',
        appId: exampleAppId,
        ...secrets,
        mode: 'safe',
        apiBase,
        greeting: '你好，欢迎关注 Acme！直接发消息就能联系客服，回复“营业时间”查看服务时间。',
        keywordReplies: [{ match: 'contains', keywords: ['营业时间'], reply: '客服时间：每天 9:00–21:00。' }],
      },
    ],
    agents: [
      { id: exampleOwner, nickname: '莉莉', role: 'admin', teams: ['presale', 'aftersale'], capacity: 8 },
      { id: 'xiaowu', nickname: '小吴', role: 'supervisor', teams: ['presale'], capacity: 5 },
      { id: 'ajie', nickname: '阿杰', role: 'agent', teams: ['aftersale'], capacity: 5 },
    ],
  }
}
