import { readFileSync } from 'node:fs'
import type { ExampleSecrets, NewAccount } from '@duoke/simulator'
import { parse } from 'yaml'
import { CommandFailure, exitCodes } from './exit-codes.ts'

/** Accounts for the simulator to play: a list, or an object with `accounts`. */
export function readAccounts(file: string): NewAccount[] {
  const value = readFile(file)
  const list = typeof value === 'object' && value !== null && 'accounts' in value ? value.accounts : value
  if (!Array.isArray(list)) throw new CommandFailure(exitCodes.refused, `${file} holds no list of accounts.`)
  return list as NewAccount[] // the simulator checks each
}

/** The secrets of the example account, as `duoke start` keeps them. */
export function readExample(file: string): ExampleSecrets {
  return readFile(file) as ExampleSecrets // written by `duoke start`; the simulator checks each
}

function readFile(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new CommandFailure(exitCodes.usage, `Cannot read ${file}: ${error instanceof Error ? error.message : error}`)
  }
  return parse(text, { maxAliasCount: 100 })
}
