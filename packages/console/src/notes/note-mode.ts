import { createStore } from 'zustand/vanilla'

/** Where one writes a note instead of an answer; a conversation keeps its mode while one looks elsewhere. */
export const noteMode = createStore<{ readonly conversations: ReadonlySet<string> }>(() => ({
  conversations: new Set(),
}))

export function setNoteMode(conversationId: string, isOn: boolean): void {
  noteMode.setState(({ conversations }) => {
    const next = new Set(conversations)
    if (isOn) next.add(conversationId)
    else next.delete(conversationId)
    return { conversations: next }
  })
}

export function toggleNoteMode(conversationId: string): void {
  setNoteMode(conversationId, !noteMode.getState().conversations.has(conversationId))
}
