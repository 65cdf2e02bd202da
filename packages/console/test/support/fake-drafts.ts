import type { Body, Draft } from '@duoke/contract'
import type { FakeWorld } from './fake-world.ts'

export function draftOf(world: FakeWorld, conversationId: string): Draft {
  const { text, version } = world.drafts.get(conversationId) ?? { text: '', version: 0 }
  return { conversationId, text, version, changedAt: version === 0 ? null : world.at() }
}

export function keepDraft(world: FakeWorld, conversationId: string, { text, version }: Body<'putDraft'>): Draft {
  const before = draftOf(world, conversationId).version
  world.drafts.set(conversationId, { text, version: Math.max(before, version) + 1 })
  return draftOf(world, conversationId)
}
