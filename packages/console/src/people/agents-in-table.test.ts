import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AgentTable, agentsInTable } from './agents-in-table.ts'

const teams = [{ id: 'presale', name: '售前' }]
const faultsOf = (table: AgentTable) => (table.ok ? table.rows.map(({ faults }) => faults) : table.missing)

test('Columns are known by their Chinese and English names, teams by name and id', () => {
  const table = agentsInTable(
    [
      ['昵称', '编号', '角色', '客服组', '接待上限'],
      ['莉莉', 'lili', '主管', '售前、presale', '8'],
      ['', '', '', '', ''],
      ['王强', 'wang', '', '', ''],
    ],
    teams,
  )
  assert.ok(table.ok)
  const [lili, wang] = table.rows
  assert.deepEqual(lili?.agent, {
    id: 'lili',
    nickname: '莉莉',
    role: 'supervisor',
    teams: ['presale', 'presale'],
    capacity: 8,
  })
  assert.deepEqual(wang, { line: 4, agent: { id: 'wang', nickname: '王强' }, faults: [] })
})

test('What is wrong with a row is told of that row, and the others stay good', () => {
  const table = agentsInTable(
    [
      ['id', 'nickname', 'role', 'teams', 'capacity'],
      ['', 'x', '', '', ''],
      ['a b', '', '', '', ''],
      ['ok', '好', '', '', ''],
      ['ok', '这个昵称长得超过了十六个字所以不能用了', 'boss', 'nowhere', '-1'],
    ],
    teams,
  )
  assert.deepEqual(faultsOf(table), [
    ['no-id'],
    ['bad-id', 'no-nickname'],
    [],
    ['long-nickname', 'unknown-role', 'unknown-team', 'bad-capacity', 'repeated-id'],
  ])
})

test('A table without the columns that are needed says which', () => {
  assert.deepEqual(faultsOf(agentsInTable([['角色']], teams)), ['编号', '昵称'])
  assert.deepEqual(faultsOf(agentsInTable([], teams)), ['编号', '昵称'])
})
