import { createStore } from 'zustand/vanilla'

/** What is written and not yet published stays while one looks at other pages; `basedOn` is the version it began with. */
type Draft = { readonly text: string; readonly basedOn: number } | undefined

export const rulesDraft = createStore<{ readonly draft: Draft }>(() => ({ draft: undefined }))

export function keepDraft(draft: Draft): void {
  rulesDraft.setState({ draft })
}
