/** What was typed behind a slash at the beginning of a line, up to the cursor. */
export type Slash = { readonly from: number; readonly query: string }

/** Under a Chinese input method the key of the slash gives 、 or ／. WeChat's emoji codes begin with `/:` and are none. */
const begun = /^[/／、]((?![:：])\S{0,20})$/

export function slashBefore(text: string, cursor: number): Slash | null {
  const from = text.lastIndexOf('\n', cursor - 1) + 1
  const found = begun.exec(text.slice(from, cursor))
  return found === null ? null : { from, query: found[1] ?? '' }
}
