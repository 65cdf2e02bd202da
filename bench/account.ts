// The WeChat account that all programs of a comparison serve. Its secrets guard nothing: they exist for one run.
export const account = {
  id: 'bench-oa',
  originalId: 'gh_0a81e05b394e',
  appId: 'wxba5fad812f8e6fb9',
  token: 'benchToken2026',
  encodingAesKey: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ',
} as const

export const organization = 'bench'
export const agentCount = 50
/** The most that the configuration allows, so that no round is held up by full agents. */
export const capacityEach = 1000
