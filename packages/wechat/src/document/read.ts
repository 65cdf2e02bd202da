import type { DocumentFormat, Fields } from './fields.ts'
import { readJson } from './json-reader.ts'
import { readXml } from './xml-reader.ts'

export function readDocument(document: string, format: DocumentFormat): Fields {
  // A byte order mark is no part of the text; inside an encrypted document only this place can drop it.
  const text = document.startsWith('\ufeff') ? document.slice(1) : document
  return format === 'xml' ? readXml(text) : readJson(text)
}

/** By the first character that is not space: WeChat's content type does not tell reliably. */
export function detectFormat(document: string): DocumentFormat | undefined {
  const first = document.trimStart()[0]
  if (first === '<') return 'xml'
  return first === '{' ? 'json' : undefined
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** UTF-8 or nothing: a replacement character would change what the customer wrote without a trace. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}
