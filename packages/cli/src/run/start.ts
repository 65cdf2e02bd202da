import { join } from 'node:path'
import type { ConfigurationDocument } from '@duoke/sdk'
import { type App, type Config, createApp } from '@duoke/server'
import { buildConsole } from '../build-console.ts'
import {
  drawExampleSecrets,
  type ExampleSecrets,
  exampleAccount,
  exampleAppId,
  exampleDocument,
  exampleOrganization,
  exampleOwner,
  readExampleSecrets,
  writeExampleSecrets,
} from '../example.ts'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { freePort } from '../free-port.ts'
import { listenForStop } from '../listen-for-stop.ts'
import { openBrowser } from '../open-browser.ts'
import { isSet, numberOf, textOf } from '../options.ts'
import { startSimulatorProcess } from '../simulator-process.ts'
import { configOf } from './serve.ts'
import { type Started, wordsOf } from './start-words.ts'

const phonePort = 7400

/** `duoke start`: the server with example data, and a WeChat beside it that it meets over HTTP only. */
export async function start(options: Record<string, unknown>): Promise<void> {
  using stop = listenForStop()
  const wanted = configOf(options)
  const host = wanted.host
  const port = await freePort(host, wanted.port)
  const wantedPhonePort = textOf(options, 'phonePort') === undefined ? phonePort : numberOf(options, 'phonePort', 0)
  const freePhonePort = await freePort('127.0.0.1', wantedPhonePort, port)
  const config = configOf(options, {
    port: String(port),
    phoneUrl: `http://127.0.0.1:${freePhonePort}`,
    // The terminal is for the eight lines; trouble is still told.
    ...(process.env.DUOKE_LOG_LEVEL === undefined && { logLevel: 'warn' }),
  })
  await buildConsole(stop.signal)

  const secrets = readExampleSecrets(config.data) ?? drawExampleSecrets()
  await using app = await createApp(config)
  const isFirst = (await app.operator.organizations()).length === 0
  const hasExample = isFirst || (await holdsExample(app))
  await app.listen()
  await using simulator = hasExample ? await simulate(config, secrets, freePhonePort) : null
  if (simulator !== null) await connect(app, { secrets, phone: simulator.url, isFirst })
  const link = await ownersLink(app)
  const started: Started = {
    console: link ?? app.url,
    phone: simulator?.url ?? null,
    appId: exampleAppId,
    secrets: hasExample ? secrets : null,
    data: config.data,
    isFirst,
    movedFrom: wanted.port === 0 || port === wanted.port ? null : wanted.port,
    port,
  }
  process.stdout.write(`${isSet(options, 'json') ? JSON.stringify(started) : wordsOf(started, process.env)}\n`)
  if (process.stdout.isTTY === true && options['open'] !== false && process.env.DUOKE_NO_OPEN === undefined)
    openBrowser(started.console)
  await stop.asked
}

async function simulate(config: Config, secrets: ExampleSecrets, port: number) {
  // Straight to the server: a public address may lead through a proxy.
  const host = config.host === '0.0.0.0' ? '127.0.0.1' : config.host
  const pushUrl = `http://${host.includes(':') ? `[${host}]` : host}:${config.port}/wechat/${exampleAccount}`
  const exampleFile = writeExampleSecrets(config.data, { ...secrets, pushUrl })
  return startSimulatorProcess({ port, exampleFile, stateFolder: join(config.data, 'simulator'), host: '127.0.0.1' })
}

/** The first start fills in the example; later ones only follow the simulator to another port. */
async function connect(app: App, at: { secrets: ExampleSecrets; phone: string; isFirst: boolean }): Promise<void> {
  if (at.isFirst) {
    await app.operator.markExample(exampleOrganization)
    await applied(app, exampleDocument(at.secrets, at.phone))
    const answer = await fetch(new URL('/sim/demo', at.phone), { method: 'POST' })
    if (!answer.ok) throw new Error(`the simulator answers ${answer.status}`)
    return
  }
  const example = await app.operator.readExample(exampleOrganization)
  const account = example?.accounts.find(({ accountId }) => accountId === exampleAccount)
  if (example === null || account === undefined) return
  const { kind, name, originalId, appId } = account
  await applied(app, {
    version: 1,
    organization: { id: exampleOrganization, name: example.name },
    // What is left out stays as its users made it.
    accounts: [{ id: exampleAccount, kind, name, originalId, appId, ...at.secrets, apiBase: at.phone }],
  })
}

async function applied(app: App, document: ConfigurationDocument): Promise<void> {
  const result = await app.operator.apply(document)
  if (!result.ok) throw new CommandFailure(exitCodes.refused, result.sentence, result.details)
}

/** The example's account may have been removed, alone or with the whole example. */
async function holdsExample(app: App): Promise<boolean> {
  const example = await app.operator.readExample(exampleOrganization)
  return example?.accounts.some(({ accountId }) => accountId === exampleAccount) ?? false
}

/** Whoever removed the example stays as administrator, so the link also helps then; an organization of one's own has none. */
async function ownersLink(app: App): Promise<string | null> {
  try {
    return (await app.operator.createFirstLink(exampleOrganization, exampleOwner, app.url)).url
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'not_found') return null
    throw error
  }
}
