import { fileURLToPath } from 'node:url'
import { consoleFolder } from '@duoke/console'
import { type Config, createApp, readConfig, type SettingName } from '@duoke/server'
import { buildConsole } from '../build-console.ts'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { listenForStop } from '../listen-for-stop.ts'
import { print, textOf } from '../options.ts'

/** `duoke serve`: the server alone, never any example data. A taken port is an error here: others rely on the number. */
export async function serve(options: Record<string, unknown>): Promise<void> {
  using stop = listenForStop()
  const config = configOf(options)
  await buildConsole(stop.signal)
  await using app = await createApp(config)
  await app.listen()
  print(options, { url: app.url }, () => `Duoke ${app.url}`)
  await stop.asked
}

export function configOf(options: Record<string, unknown>, more: Partial<Record<SettingName, string>> = {}): Config {
  const flags: Partial<Record<SettingName, string>> = {}
  // The server knows no console; whoever starts it says where the built one is.
  if (process.env.DUOKE_CONSOLE === undefined) flags.console = fileURLToPath(consoleFolder)
  const names: [SettingName, string][] = [
    ['port', 'port'],
    ['host', 'host'],
    ['data', 'data'],
    ['databaseUrl', 'database'],
    ['natsUrl', 'nats'],
  ]
  for (const [setting, option] of names) {
    const value = textOf(options, option)
    if (value !== undefined) flags[setting] = value
  }
  // What was found out while starting (a free port) wins over what was asked for.
  const reading = readConfig(process.env, { ...flags, ...more })
  if (reading.ok) return reading.config
  throw new CommandFailure(exitCodes.usage, 'The settings cannot be used:', reading.problems)
}
