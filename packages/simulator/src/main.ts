import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ManualClock, systemClock } from './clock.ts'
import type { ScriptStep } from './control/script.ts'
import { formatLoadReport, runLoad } from './load/run-load.ts'
import type { NewAccount } from './model/account.ts'
import { seedExampleWorld } from './model/example-world.ts'
import { type Simulator, startSimulator } from './simulator.ts'

const HELP = `A WeChat that runs on a laptop.

  --host HOST            default 127.0.0.1
  --port PORT            default 7400; 0 takes a free one
  --state DIR            keep the world between two runs
  --accounts FILE        JSON list of accounts (see the README)
  --example              the example account and follower; with --app-secret, --token, --aes-key, --push-url
  --script FILE          JSON list of steps to run after the start
  --manual-clock         time stands still until POST /sim/clock/advance
  --frame-ancestors SRC  who may frame the phones, repeatable; loopback by default
  --allow-host NAME      a further name of this machine, repeatable
  --load                 drive --followers N at --rate N per second for --seconds N against --account ID, report, end
`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '7400' },
    state: { type: 'string' },
    accounts: { type: 'string' },
    example: { type: 'boolean', default: false },
    'app-secret': { type: 'string', default: '' },
    token: { type: 'string', default: '' },
    'aes-key': { type: 'string' },
    'push-url': { type: 'string' },
    script: { type: 'string' },
    'manual-clock': { type: 'boolean', default: false },
    'frame-ancestors': { type: 'string', multiple: true },
    'allow-host': { type: 'string', multiple: true },
    load: { type: 'boolean', default: false },
    account: { type: 'string' },
    followers: { type: 'string', default: '100' },
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '10' },
  },
})

/** Files named on the command line are the operator's own; what is wrong in them shows where it is used. */
function readList<T>(path: string | undefined): T[] {
  if (path === undefined) return []
  return JSON.parse(readFileSync(path, 'utf8')) as T[] // the operator's own file, see above
}

async function start(): Promise<Simulator> {
  const { state, 'aes-key': encodingAesKey = 'A'.repeat(43), 'push-url': pushUrl = null } = values
  return startSimulator({
    host: values.host,
    port: Number(values.port),
    ...(state === undefined ? {} : { stateFolder: state }),
    accounts: readList<NewAccount>(values.accounts),
    seed: (world) => {
      const secrets = { appSecret: values['app-secret'], token: values.token, encodingAesKey, pushUrl }
      if (values.example) seedExampleWorld(world, secrets)
    },
    clock: values['manual-clock'] ? new ManualClock(Date.now()) : systemClock,
    ...(values['frame-ancestors'] ? { frameAncestors: values['frame-ancestors'] } : {}),
    ...(values['allow-host'] ? { allowedHosts: values['allow-host'] } : {}),
  })
}

async function load(simulator: Simulator): Promise<void> {
  const accounts = simulator.world.accounts()
  const account = values.account === undefined ? accounts[0] : simulator.world.account(values.account)
  if (!account) throw new Error('There is no account to load: give --accounts or --example.')
  const report = await runLoad({
    account: account.settings,
    followers: Number(values.followers),
    ratePerSecond: Number(values.rate),
    durationMs: Number(values.seconds) * 1000,
    world: simulator.world,
  })
  process.stdout.write(`${formatLoadReport(report)}\n`)
}

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(HELP)
    return
  }
  const simulator = await start()
  process.stdout.write(`WeChat simulator: ${simulator.url}\n`)
  const stop = () => void simulator.close().then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  if (values.script) {
    const result = await simulator.runScript(readList<ScriptStep>(values.script))
    process.stdout.write(`script: ${result.done} done${result.problems.map((problem) => `\n${problem}`).join('')}\n`)
  }
  if (values.load) {
    await load(simulator)
    await simulator.close()
  }
}

await main()
