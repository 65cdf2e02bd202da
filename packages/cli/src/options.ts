import { CommandFailure, exitCodes } from './exit-codes.ts'

type Options = Readonly<Record<string, unknown>>

export function textOf(options: Options, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

export function isSet(options: Options, name: string): boolean {
  return options[name] === true
}

export function numberOf(options: Options, name: string, least: number): number {
  const text = textOf(options, name) ?? ''
  const value = Number(text)
  if (!Number.isFinite(value) || value < least || text.trim() === '') {
    const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    throw new CommandFailure(exitCodes.usage, `--${flag} must be a number of at least ${least}; it is "${text}".`)
  }
  return value
}

const units: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** `30d`, `12h`, `90m`, `45s`, `2w` in milliseconds. */
export function durationMs(text: string): number {
  const match = /^(\d{1,6})(s|m|h|d|w)$/.exec(text)
  const unit = units[match?.[2] ?? '']
  const count = Number(match?.[1])
  if (match === null || unit === undefined || count === 0) {
    throw new CommandFailure(exitCodes.usage, `"${text}" is no duration; write 12h, 30d or 2w.`)
  }
  return count * unit
}

/** Result of a command: one JSON line for programs, words for people. */
export function print(options: Options, value: unknown, words: () => string): void {
  process.stdout.write(`${isSet(options, 'json') ? JSON.stringify(value) : words()}\n`)
}
