import type { Facts } from '@duoke/contract'

type Arbitrated = Facts<'reply.arbitrated'>
export type Answer = Arbitrated['answers'][number]

/** Why this app's answer counted: it holds the conversation, it comes first, or nobody before it said anything. */
export type WinningReason = 'holds' | 'first' | 'others-said-nothing'

export type Choice = {
  readonly winner: { readonly answer: Answer; readonly reason: WinningReason } | null
  /** Answers that the customer did not get, or got as a message of its own. */
  readonly notChosen: readonly Answer[]
}

export function choiceOf({ winner, holder, answers }: Arbitrated): Choice {
  const at = winner.kind === 'app' ? answers.findIndex(({ appId }) => appId === winner.appId) : -1
  const answer = answers[at]
  const wanted = answers.filter(({ outcome }) => outcome === 'reply' || outcome === 'transfer')
  return {
    winner:
      answer === undefined
        ? null
        : {
            answer,
            reason:
              holder.kind === 'app' && holder.appId === answer.appId
                ? 'holds'
                : at === 0
                  ? 'first'
                  : 'others-said-nothing',
          },
    notChosen: wanted.filter((one) => one !== answer),
  }
}

/** A message that no app answered is ordinary: nothing is told of it. */
export function isWorthTelling(facts: Arbitrated): boolean {
  const { winner, notChosen } = choiceOf(facts)
  return winner !== null || notChosen.length > 0
}
