// Stands in for packages/domain/src/routing/record.ts where a decision is made without its record.
import type { recordDecision as real, recordDirect as realDirect } from '../../packages/domain/src/routing/record.ts'

// biome-ignore lint/performance/noBarrelFile: it takes the place of the module whose words these are
export {
  directRule,
  grabbedRule,
  manualRule,
  reopeningRule,
  routingRule,
} from '../../packages/domain/src/routing/record.ts'

/** Who was chosen goes into the log as ever; why does not. */
export const recordDecision: typeof real = ({ context, state }, _matter, { candidates }) => ({
  decisionId: context.ids.draw('decision'),
  ruleVersion: state.ruleVersion,
  candidates: candidates.length,
  excluded: {},
  digest: '',
})

export const recordDirect: typeof realDirect = ({ context, state }) => ({
  decisionId: context.ids.draw('decision'),
  ruleVersion: state.ruleVersion,
  candidates: 0,
  excluded: {},
  digest: '',
})
