// The commands of `duoke`, read from the program itself.
import type { Command } from 'commander'
import { exitCodeMeanings, exitCodes } from '../../packages/cli/src/exit-codes.ts'
import { createProgram } from '../../packages/cli/src/program.ts'
import { code, table } from './markdown.ts'

export function commandsTable(): string {
  const program = createProgram()
  const leaves = program.commands.flatMap((command) => leavesOf(command, [program.name()]))
  const sections = leaves.map(({ path, command }) => section(path, command))
  return [...sections, exitCodesSection()].join('\n\n')
}

function exitCodesSection(): string {
  const meanings: Record<string, string> = exitCodeMeanings
  const rows = Object.entries(exitCodes).map(([name, exitCode]) => [code(String(exitCode)), meanings[name] ?? ''])
  return `## Exit codes\n\n${table(['Code', 'Meaning'], rows)}`
}

function leavesOf(command: Command, above: string[]): { path: string[]; command: Command }[] {
  const path = [...above, command.name()]
  if (command.commands.length === 0) return [{ path, command }]
  return command.commands.flatMap((inner) => leavesOf(inner, path))
}

function section(path: string[], command: Command): string {
  const usage = [...path, command.usage()].join(' ').trim()
  const options = command.options.filter((option) => !option.hidden)
  const rows = options.map((option) => [
    code(option.flags),
    option.description,
    option.defaultValue === undefined ? '' : code(String(option.defaultValue)),
  ])
  const shown = rows.length === 0 ? '' : `\n\n${table(['Option', 'Meaning', 'Default'], rows)}`
  return `## ${path.join(' ')}\n\n${command.description()}\n\n\`\`\`\n${usage}\n\`\`\`${shown}`
}
