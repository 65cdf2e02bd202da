/** Where one is about to write. The field may not be there yet: it takes the focus when it comes. */
let wish: { readonly conversationId: string; readonly untilMs: number } | undefined

/** Long enough for a slow server, short enough that nobody is surprised by a cursor that moves. */
const holdsForMs = 5_000

export function wishToWrite(conversationId: string): void {
  wish = { conversationId, untilMs: Date.now() + holdsForMs }
  const field = document.querySelector<HTMLElement>('[data-composer]')
  if (field?.dataset['composer'] === conversationId) {
    wish = undefined
    field.focus()
  }
}

export function forgetWish(): void {
  wish = undefined
}

/** Answers whether this is the field that was wished for, once. */
export function takeWish(conversationId: string): boolean {
  if (!hasWish() || wish?.conversationId !== conversationId) return false
  wish = undefined
  return true
}

/** What is typed meanwhile is meant for the field: no letter may act. */
export function hasWish(): boolean {
  return wish !== undefined && Date.now() < wish.untilMs
}
