import { documentLimits, type Fields } from './fields.ts'

const OPENING = /[ \t\n]*<([A-Za-z_][A-Za-z0-9_]*)>/y
const CLEAR_TEXT = /[^<>&\r\]]*/y
const END = /[ \t\n]*<\/xml>[ \t\n]*$/y
const SECTION = '<![CDATA['
const SECTION_END = ']]>'

/**
 * Reads what WeChat nearly always sends: `<xml>` with one level of elements, each with one section or plain characters.
 * Undefined for everything else, wrong or only unusual: the full parser reads it, and alone decides what to refuse. This one
 * costs a tenth. Its input holds no character that XML forbids (`storableText`).
 */
export function readFlatXml(document: string): Fields | undefined {
  if (!document.startsWith('<xml>')) return undefined
  const entries = new Map<string, string>()
  let at = '<xml>'.length
  for (;;) {
    OPENING.lastIndex = at
    const name = OPENING.exec(document)?.[1]
    if (name === undefined) break
    if (entries.has(name) || entries.size + 1 >= documentLimits.elements) return undefined
    const text = textAt(document, OPENING.lastIndex)
    if (text === undefined || !isClosing(document, text.end, name)) return undefined
    entries.set(name, text.value)
    at = text.end + name.length + '</>'.length
  }
  END.lastIndex = at
  // Without any element, what the root holds would be its text: the parser's business.
  return entries.size > 0 && END.test(document) ? Object.fromEntries(entries) : undefined
}

type Found = { readonly value: string; readonly end: number }

function textAt(document: string, at: number): Found | undefined {
  if (!document.startsWith(SECTION, at)) {
    CLEAR_TEXT.lastIndex = at
    const value = CLEAR_TEXT.exec(document)?.[0] ?? ''
    return { value, end: at + value.length }
  }
  const start = at + SECTION.length
  const end = document.indexOf(SECTION_END, start)
  if (end === -1) return undefined
  const value = document.slice(start, end)
  // A parser turns a carriage return into a line feed.
  return value.includes('\r') ? undefined : { value, end: end + SECTION_END.length }
}

function isClosing(document: string, at: number, name: string): boolean {
  return document.startsWith('</', at) && document.startsWith(name, at + 2) && document[at + 2 + name.length] === '>'
}
