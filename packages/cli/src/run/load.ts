import { exampleAccount, formatLoadReport, type NewAccount, runLoad } from '@duoke/simulator'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { listenForStop } from '../listen-for-stop.ts'
import { numberOf, print, textOf } from '../options.ts'
import { readAccounts, readExample } from '../simulated-accounts.ts'

/** `duoke simulate --load`: many followers write at a steady rate, whatever the server does; prints latencies. */
export async function load(options: Record<string, unknown>): Promise<void> {
  const account = accountOf(options)
  using stop = listenForStop()
  const report = await runLoad({
    account,
    followers: numberOf(options, 'followers', 1),
    ratePerSecond: numberOf(options, 'rate', 0.1),
    durationMs: numberOf(options, 'seconds', 0.1) * 1000,
    signal: stop.signal,
  })
  print(options, report, () => formatLoadReport(report))
}

function accountOf(options: Record<string, unknown>): NewAccount {
  const pushUrl = textOf(options, 'pushUrl')
  const example = textOf(options, 'example')
  const accounts = textOf(options, 'accounts')
  const [account] =
    accounts !== undefined
      ? readAccounts(accounts)
      : example !== undefined
        ? [exampleAccount(readExample(example))]
        : []
  if (account === undefined) {
    throw new CommandFailure(
      exitCodes.usage,
      '--load needs an account: name the file of one with --accounts, or the example.json in the data folder with --example.',
    )
  }
  return pushUrl === undefined ? account : { ...account, pushUrl }
}
