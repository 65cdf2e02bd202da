// Written with escapes: the characters themselves would not survive an editor.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this file is about.
const UNSTORABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const UNSTORABLE_UNIT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

/**
 * Makes text that XML, PostgreSQL and WeChat's JSON all carry. Control characters become their visible pictures
 * (NUL becomes ␀), half of a surrogate pair becomes its escape as text. Everything a person can type stays as it is.
 */
export function storableText(text: string): string {
  // Nearly every text is, and this is quicker than looking for characters one by one.
  if (text.isWellFormed() && !UNSTORABLE_UNIT.test(text)) return text
  return text.replace(UNSTORABLE, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : `\\u${code.toString(16)}`
  })
}
