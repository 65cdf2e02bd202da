/** What the catalogue says of one error. */
export type ErrorEntry = {
  readonly status: number
  /** What happened, in one sentence. */
  readonly sentence: string
  readonly sentenceZh: string
  readonly whatToDo: string
  readonly whatToDoZh: string
  /** The same request may succeed later without being changed. */
  readonly retryable: boolean
  /** An operator should hear of it. */
  readonly reportable: boolean
}

export const entry = (
  status: number,
  sentence: string,
  whatToDo: string,
  sentenceZh: string,
  whatToDoZh: string,
  flags: { retryable?: boolean; reportable?: boolean } = {},
): ErrorEntry => ({
  status,
  sentence,
  sentenceZh,
  whatToDo,
  whatToDoZh,
  retryable: flags.retryable ?? false,
  reportable: flags.reportable ?? false,
})
