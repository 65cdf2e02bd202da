import { ConfigurationDocument, type GivenApp, type Secret } from '@duoke/contract'
import { Value } from 'typebox/value'
import { Refused } from '../http/refused.ts'

export type FieldError = { readonly path: string; readonly message: string }
type Sources = {
  readonly readEnv: (name: string) => string | undefined
  readonly readFile: (path: string) => Promise<string>
}

/** A document whose secrets are all given in place. */
export type LiteralDocument = Omit<ConfigurationDocument, 'accounts' | 'agents' | 'apps'> & {
  accounts?: (Omit<Account, 'appSecret' | 'token' | 'encodingAesKey'> & {
    appSecret?: string
    token?: string
    encodingAesKey?: string
  })[]
  agents?: (Omit<Agent, 'password'> & { password?: string })[]
  apps?: LiteralApp[]
}
export type LiteralApp = { id: string } & Omit<GivenApp, 'accounts'> & { accounts?: LiteralAttachment[] }
export type LiteralAttachment = Omit<GivenAttachment, 'appSecret' | 'push'> & {
  appSecret?: string
  push?: (Omit<GivenPush, 'token' | 'encodingAesKey'> & { token?: string; encodingAesKey?: string }) | null
}
type GivenAttachment = NonNullable<GivenApp['accounts']>[number]
type GivenPush = NonNullable<GivenAttachment['push']>
type Account = NonNullable<ConfigurationDocument['accounts']>[number]
type Agent = NonNullable<ConfigurationDocument['agents']>[number]

/** Checks the form of a document, naming each field that is not as documented. */
export function parseDocument(value: unknown): ConfigurationDocument {
  const errors = Value.Errors(ConfigurationDocument, value).map(
    ({ instancePath, message, params }): FieldError => ({
      path: instancePath === '' ? '/' : instancePath,
      message: 'additionalProperties' in params ? `${message}: ${String(params.additionalProperties)}` : message,
    }),
  )
  if (errors.length > 0) refuse(errors)
  return value as ConfigurationDocument // without an error it is one
}

export function refuse(errors: readonly FieldError[]): never {
  throw new Refused('invalid_configuration', { errors: errors.slice(0, 50) })
}

/**
 * Replaces `{ env }` and `{ file }` by what they name. Only who runs the server or the command line may do this: over the
 * network such a reference would read the server's own environment and files.
 */
export async function resolveDocument(document: ConfigurationDocument, sources: Sources): Promise<LiteralDocument> {
  const errors: FieldError[] = []
  const read = async (secret: Secret, path: string): Promise<string> => {
    if (typeof secret === 'string') return secret
    const found =
      'env' in secret
        ? sources.readEnv(secret.env)
        : await sources.readFile(secret.file).then(
            (text) => text.trim(),
            () => undefined,
          )
    if (found !== undefined && found !== '') return found
    const what = 'env' in secret ? `the environment variable ${secret.env}` : `the file ${secret.file}`
    errors.push({ path, message: `${what} is missing or empty` })
    return ''
  }
  const literal = await mapSecrets(document, read)
  if (errors.length > 0) refuse(errors)
  return literal
}

/** Takes a document whose secrets stand in it, and refuses references: the way over REST. */
export async function literalDocument(document: ConfigurationDocument): Promise<LiteralDocument> {
  return inPlace((read) => mapSecrets(document, read))
}

/** The same for one app. */
export async function literalApp(id: string, app: GivenApp): Promise<LiteralApp> {
  return inPlace((read) => mapAppSecrets({ ...app, id }, '', read))
}

type ReadSecret = (secret: Secret, path: string) => Promise<string>

async function inPlace<T>(map: (read: ReadSecret) => Promise<T>): Promise<T> {
  const errors: FieldError[] = []
  const literal = await map(async (secret, path) => {
    if (typeof secret === 'string') return secret
    errors.push({ path, message: 'over the network a secret is given in place; `duoke apply` resolves env and file' })
    return ''
  })
  if (errors.length > 0) refuse(errors)
  return literal
}

async function mapSecrets(document: ConfigurationDocument, read: ReadSecret): Promise<LiteralDocument> {
  const { accounts, agents, apps, ...rest } = document
  const literal: LiteralDocument = { ...rest }
  if (accounts !== undefined) {
    literal.accounts = await Promise.all(
      accounts.map(async ({ appSecret, token, encodingAesKey, ...account }, at) => ({
        ...account,
        ...(appSecret !== undefined && { appSecret: await read(appSecret, `/accounts/${at}/appSecret`) }),
        ...(token !== undefined && { token: await read(token, `/accounts/${at}/token`) }),
        ...(encodingAesKey !== undefined && {
          encodingAesKey: await read(encodingAesKey, `/accounts/${at}/encodingAesKey`),
        }),
      })),
    )
  }
  if (agents !== undefined) {
    literal.agents = await Promise.all(
      agents.map(async ({ password, ...agent }, at) => ({
        ...agent,
        ...(password !== undefined && { password: await read(password, `/agents/${at}/password`) }),
      })),
    )
  }
  if (apps !== undefined) {
    literal.apps = await Promise.all(apps.map((app, at) => mapAppSecrets(app, `/apps/${at}`, read)))
  }
  return literal
}

async function mapAppSecrets(
  { accounts, ...app }: GivenApp & { readonly id: string },
  path: string,
  read: ReadSecret,
): Promise<LiteralApp> {
  if (accounts === undefined) return app
  const attachments = accounts.map(async ({ appSecret, push, ...attachment }, at): Promise<LiteralAttachment> => {
    const place = `${path}/accounts/${at}`
    return {
      ...attachment,
      ...(appSecret !== undefined && { appSecret: await read(appSecret, `${place}/appSecret`) }),
      ...(push !== undefined && { push: push === null ? null : await mapPushSecrets(push, `${place}/push`, read) }),
    }
  })
  return { ...app, accounts: await Promise.all(attachments) }
}

async function mapPushSecrets({ token, encodingAesKey, ...push }: GivenPush, path: string, read: ReadSecret) {
  return {
    ...push,
    ...(token !== undefined && { token: await read(token, `${path}/token`) }),
    ...(encodingAesKey !== undefined && { encodingAesKey: await read(encodingAesKey, `${path}/encodingAesKey`) }),
  }
}
