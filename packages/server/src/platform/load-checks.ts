import type { RuleFinding } from '@duoke/contract'
import type { FieldError, LiteralDocument } from './configuration-document.ts'
import type { StoredConfiguration } from './configuration-store.ts'

/** Kinds of customers are tags: where an organization lists its tags, there are no others. */
export function unknownKinds({ organization }: LiteralDocument, { settings }: StoredConfiguration): FieldError[] {
  const tags = organization.customers?.tags ?? settings?.customers?.tags ?? []
  const kinds = Object.keys(organization.load?.customerKinds ?? {})
  return kinds.flatMap((kind) =>
    tags.length === 0 || tags.includes(kind)
      ? []
      : [{ path: `/organization/load/customerKinds/${kind}`, message: `there is no tag ${kind}` }],
  )
}

type Applied = { readonly document: LiteralDocument; readonly stored: StoredConfiguration; readonly prune: boolean }

/** What is heavier than every agent's capacity waits for ever. */
export function loadWarnings({ document, stored, prune }: Applied): RuleFinding[] {
  const given = new Map(document.agents?.map((agent) => [agent.id, agent]))
  const isKept = document.agents === undefined || !prune
  const others = isKept ? [...stored.agents.values()].filter(({ agentId }) => !given.has(agentId)) : []
  const ofGiven = [...given.values()].map(({ id, capacity }) => capacity ?? stored.agents.get(id)?.capacity ?? 5)
  const capacities = [...ofGiven, ...others.map(({ capacity }) => capacity)]
  if (capacities.length === 0) return []
  const largest = Math.max(...capacities)
  return weightsIn(document, stored).flatMap(([path, weight]) =>
    weight <= largest
      ? []
      : [
          {
            ...{ severity: 'warning' as const, code: 'never_served', path, line: null, column: null },
            message: `weighs ${weight}, and no agent has a capacity of more than ${largest}: nobody could serve`,
          },
        ],
  )
}

/** As the document leaves them, each with its place in it. */
function weightsIn({ organization, accounts = [] }: LiteralDocument, { settings }: StoredConfiguration) {
  const { accountKinds = {}, customerKinds = {} } = { ...settings?.load, ...organization.load }
  const weights: (readonly [path: string, weight: number | null | undefined])[] = [
    ...Object.entries(accountKinds).map(
      ([kind, weight]) => [`/organization/load/accountKinds/${kind}`, weight] as const,
    ),
    ...Object.entries(customerKinds).map(
      ([kind, { weight }]) => [`/organization/load/customerKinds/${kind}/weight`, weight] as const,
    ),
    ...accounts.map(({ weight }, at) => [`/accounts/${at}/weight`, weight] as const),
  ]
  return weights.flatMap(([path, weight]) => (weight == null ? [] : [[path, weight] as const]))
}
