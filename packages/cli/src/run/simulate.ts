import { seedExampleWorld, startSimulator } from '@duoke/simulator'
import { listenForStop } from '../listen-for-stop.ts'
import { isSet, numberOf, print, textOf } from '../options.ts'
import { readAccounts, readExample } from '../simulated-accounts.ts'

/** `duoke simulate`: a WeChat on this machine, or with --load a crowd of followers that measures a server. */
export async function simulate(options: Record<string, unknown>): Promise<void> {
  if (isSet(options, 'load')) {
    const { load } = await import('./load.ts')
    return load(options)
  }
  using stop = listenForStop()
  const example = textOf(options, 'example')
  const accounts = textOf(options, 'accounts')
  const stateFolder = textOf(options, 'state')
  await using simulator = await startSimulator({
    host: textOf(options, 'host') ?? '127.0.0.1',
    port: numberOf(options, 'port', 0),
    ...(stateFolder === undefined ? {} : { stateFolder }),
    ...(accounts === undefined ? {} : { accounts: readAccounts(accounts) }),
    ...(example === undefined ? {} : { seed: (world) => seedExampleWorld(world, readExample(example)) }),
  })
  print(
    options,
    { url: simulator.url },
    () => `Simulator ${simulator.url}\nPhones    ${simulator.url}/\nControl   ${simulator.url}/sim`,
  )
  await stop.asked
}
