import type { DocumentFormat } from '../document/fields.ts'

const MOST_CANDIDATES = 8
const BASE64_RUN = /[A-Za-z0-9+/\\]*={0,2}/y
const MARKS = {
  xml: { name: '<Encrypt>', open: '<![CDATA[', close: ']]>' },
  json: { name: '"Encrypt"', open: '"', close: '"' },
} as const

/**
 * The ciphertexts a body may hold, before anything in it is believed: a scan without parser, recursion or backtracking.
 * In compatible mode a customer can type `<Encrypt>…</Encrypt>` into the clear half, so every place is a candidate and
 * the signature says which one is WeChat's.
 */
export function encryptedCandidates(body: string, format: DocumentFormat): readonly string[] {
  const marks = MARKS[format]
  const found: string[] = []
  for (let at = body.indexOf(marks.name); at >= 0; at = body.indexOf(marks.name, at + 1)) {
    if (found.length === MOST_CANDIDATES) return found
    const candidate = format === 'xml' ? xmlText(body, at + marks.name.length) : jsonText(body, at + marks.name.length)
    if (candidate !== undefined && candidate !== '') found.push(candidate)
  }
  return found
}

function xmlText(body: string, from: number): string | undefined {
  const start = skipSpace(body, from)
  const { open, close } = MARKS.xml
  const inSection = body.startsWith(open, start)
  const run = base64Run(body, inSection ? start + open.length : start)
  const end = skipSpace(body, inSection ? skip(body, run.end, close) : run.end)
  return body.startsWith('</Encrypt>', end) ? run.text : undefined
}

function jsonText(body: string, from: number): string | undefined {
  const colon = skipSpace(body, from)
  if (body[colon] !== ':') return undefined
  const quote = skipSpace(body, colon + 1)
  if (body[quote] !== MARKS.json.open) return undefined
  const run = base64Run(body, quote + 1)
  // Some JSON writers escape the slash; WeChat signs the text itself.
  return body[run.end] === MARKS.json.close ? run.text.replaceAll('\\/', '/') : undefined
}

function base64Run(body: string, from: number): { readonly text: string; readonly end: number } {
  BASE64_RUN.lastIndex = from
  const text = BASE64_RUN.exec(body)?.[0] ?? ''
  return { text, end: from + text.length }
}

function skip(body: string, at: number, mark: string): number {
  return body.startsWith(mark, at) ? at + mark.length : -1
}

function skipSpace(body: string, from: number): number {
  if (from < 0) return body.length
  let at = from
  while (body[at] === ' ' || body[at] === '\n' || body[at] === '\r' || body[at] === '\t') at += 1
  return at
}
