import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { LoggedEvent } from '@duoke/contract'
import { evolve } from './evolve.ts'
import { loadOf } from './organization/load.ts'
import { emptyOrganization } from './organization/state.ts'
import { Custody } from './testing/custody.ts'

const folder = join(import.meta.dirname, '../../contract/history')

for (const name of globSync('*/*.jsonl', { cwd: folder }).sort()) {
  test(`F70: the log ${name}, as it was written that day, still folds: one holder, and loads that add up`, () => {
    const state = emptyOrganization()
    const custody = new Custody()
    const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
    for (const line of lines) {
      const event: LoggedEvent = JSON.parse(line)
      evolve(state, event)
      custody.take(event)
    }
    assert.equal(state.position, lines.length)
    for (const [conversationId, holder] of custody.holders)
      assert.deepEqual(state.conversations.get(conversationId)?.holder, holder)
    for (const agent of state.agents.values()) assert.equal(loadOf(agent), custody.loadOf(agent.agentId))
  })
}
