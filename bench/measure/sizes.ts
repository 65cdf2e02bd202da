/** How much is measured. The quick version shows that everything runs; its figures are not to be quoted. */
export type Sizes = {
  readonly pairs: number
  readonly pushesOfRound: number
  readonly steadyRuns: number
  readonly steadySeconds: number
  readonly stored: number
  readonly storedPairs: number
  readonly fanOutPairs: number
  readonly fanOutPushes: number
  readonly noisyPairs: number
  readonly noisySeconds: number
  readonly places: 'all' | 'embedded'
}

export const fullSizes: Sizes = {
  pairs: 5,
  pushesOfRound: 5000,
  steadyRuns: 3,
  steadySeconds: 10,
  stored: 200_000,
  storedPairs: 5,
  fanOutPairs: 4,
  fanOutPushes: 1200,
  noisyPairs: 6,
  noisySeconds: 2.5,
  places: 'all',
}

export const quickSizes: Sizes = {
  pairs: 2,
  pushesOfRound: 2000,
  steadyRuns: 1,
  steadySeconds: 5,
  stored: 10_000,
  storedPairs: 2,
  fanOutPairs: 2,
  fanOutPushes: 600,
  noisyPairs: 2,
  noisySeconds: 3,
  places: 'embedded',
}
