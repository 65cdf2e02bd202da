import { availableParallelism, cpus, totalmem } from 'node:os'

/** What the figures depend on, and nothing that tells whose machine it is. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.replace(/\s+/g, ' ').trim() || 'unknown processor'
  const memory = Math.round(totalmem() / 1024 ** 3)
  return `${availableParallelism()} cores (${model}), ${memory} GB memory, ${process.platform} ${process.arch}, Node ${process.versions.node}`
}
