import { type ConfigurationDocument, chosenIdPattern, type Role, type Team } from '@duoke/contract'

export type GivenAgent = NonNullable<ConfigurationDocument['agents']>[number]
export type RowFault =
  | 'no-id'
  | 'bad-id'
  | 'repeated-id'
  | 'no-nickname'
  | 'long-nickname'
  | 'unknown-role'
  | 'unknown-team'
  | 'bad-capacity'
/** A row of the table, by the number that its program shows. */
export type AgentRow = { readonly line: number; readonly agent: GivenAgent; readonly faults: readonly RowFault[] }
export type AgentTable =
  | { readonly ok: true; readonly rows: readonly AgentRow[] }
  | { readonly ok: false; readonly missing: readonly string[] }

type Column = 'id' | 'nickname' | 'role' | 'teams' | 'capacity'
const columns: Readonly<Record<Column, readonly string[]>> = {
  id: ['id', '编号', '账号', '工号'],
  nickname: ['nickname', '昵称', 'name', '姓名'],
  role: ['role', '角色'],
  teams: ['teams', 'team', '客服组'],
  capacity: ['capacity', '接待上限', '上限'],
}
const roles: Readonly<Record<string, Role>> = {
  agent: 'agent',
  客服: 'agent',
  supervisor: 'supervisor',
  主管: 'supervisor',
  admin: 'admin',
  管理员: 'admin',
}
const longestNickname = 16
const highestCapacity = 1000

/** Agents from the cells of a table whose first row names its columns; each row says what is wrong with it. */
export function agentsInTable(cells: readonly (readonly string[])[], teams: readonly Team[]): AgentTable {
  const [head = [], ...body] = cells
  const names = head.map((name) => name.trim().toLowerCase())
  const at = (column: Column) => names.findIndex((name) => columns[column].includes(name))
  const missing = (['id', 'nickname'] as const)
    .filter((column) => at(column) < 0)
    .flatMap((column) => columns[column][1] ?? [])
  if (missing.length > 0) return { ok: false, missing }
  const seen = new Set<string>()
  const rows = body.flatMap((row, index): AgentRow[] => {
    const cell = (column: Column) => (at(column) < 0 ? '' : (row[at(column)] ?? '').trim())
    if (row.every((text) => text.trim() === '')) return []
    const read = readRow(cell, teams)
    const isRepeated = seen.has(read.agent.id)
    seen.add(read.agent.id)
    return [
      { line: index + 2, agent: read.agent, faults: [...read.faults, ...(isRepeated ? ['repeated-id' as const] : [])] },
    ]
  })
  return { ok: true, rows }
}

function readRow(cell: (column: Column) => string, teams: readonly Team[]): Omit<AgentRow, 'line'> {
  const id = cell('id')
  const nickname = cell('nickname')
  const role = roles[cell('role').toLowerCase()]
  const named = cell('teams')
    .split(/[,，、;；]/)
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const found = named.map((name) => teams.find((team) => team.id === name || team.name === name)?.id)
  const capacity = cell('capacity') === '' ? undefined : Number(cell('capacity'))
  const isCapacity =
    capacity === undefined || (Number.isInteger(capacity) && capacity >= 0 && capacity <= highestCapacity)
  const faults: (RowFault | false)[] = [
    id === '' && 'no-id',
    id !== '' && !new RegExp(chosenIdPattern).test(id) && 'bad-id',
    nickname === '' && 'no-nickname',
    nickname.length > longestNickname && 'long-nickname',
    cell('role') !== '' && role === undefined && 'unknown-role',
    found.includes(undefined) && 'unknown-team',
    !isCapacity && 'bad-capacity',
  ]
  return {
    agent: {
      ...{ id, nickname },
      ...(role !== undefined && { role }),
      ...(named.length > 0 && { teams: found.filter((team) => team !== undefined) }),
      ...(capacity !== undefined && { capacity }),
    },
    faults: faults.filter((fault) => fault !== false),
  }
}
