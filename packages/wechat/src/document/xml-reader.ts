import { SaxesParser } from 'saxes'
import { DocumentError, documentLimits, type Fields, type FieldValue } from './fields.ts'
import { readFlatXml } from './flat-xml.ts'
import { storableText } from './storable-text.ts'

interface OpenElement {
  readonly name: string
  text: string
  readonly children: Map<string, FieldValue[]>
}

/**
 * Reads `<xml>…</xml>` into fields. A name may occur once on the first level, so nothing inside a text can forge a
 * field; deeper down repetition means a list (`Articles/item`). Attributes, comments and namespaces carry no meaning
 * in this protocol and are ignored; a DOCTYPE is refused wherever it stands.
 */
export function readXml(document: string): Fields {
  if (document.length > documentLimits.characters) throw new DocumentError('too-large')
  const text = storableText(document)
  return readFlatXml(text) ?? parseXml(text)
}

/** The whole of XML, as far as it is allowed here. */
export function parseXml(document: string): Fields {
  const parser = new SaxesParser({ forceXMLVersion: true, defaultXMLVersion: '1.0' })
  const open: OpenElement[] = []
  let elements = 0
  let root: Fields | undefined

  parser.on('error', (error) => {
    throw new DocumentError('not-well-formed', error.message.slice(0, 200))
  })
  parser.on('doctype', () => {
    throw new DocumentError('doctype')
  })
  parser.on('processinginstruction', () => {
    throw new DocumentError('not-well-formed', 'a processing instruction')
  })
  parser.on('xmldecl', (declaration) => {
    const encoding = declaration.encoding?.toLowerCase()
    if (encoding !== undefined && encoding !== 'utf-8' && encoding !== 'utf8') throw new DocumentError('wrong-encoding')
  })
  const count = () => {
    elements += 1
    if (elements > documentLimits.elements) throw new DocumentError('too-many-elements')
  }
  parser.on('attribute', count)
  parser.on('opentag', (tag) => {
    count()
    if (open.length >= documentLimits.depth) throw new DocumentError('too-deep')
    if (open.length === 0 && tag.name !== 'xml') throw new DocumentError('wrong-root')
    open.push({ name: tag.name, text: '', children: new Map() })
  })
  const addText = (text: string) => {
    const element = open.at(-1)
    if (element !== undefined) element.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const element = open.pop()
    if (element === undefined) return
    const parent = open.at(-1)
    if (parent === undefined) root = fieldsOf(element, 'once')
    else keep(parent, element)
  })

  parser.write(document).close()
  if (root === undefined) throw new DocumentError('not-well-formed', 'no root element')
  return root
}

function keep(parent: OpenElement, element: OpenElement): void {
  const value = element.children.size === 0 ? element.text : fieldsOf(element, 'repeatable')
  const same = parent.children.get(element.name)
  if (same === undefined) parent.children.set(element.name, [value])
  else same.push(value)
}

function fieldsOf(element: OpenElement, repetition: 'once' | 'repeatable'): Fields {
  if (element.text.trim() !== '') throw new DocumentError('mixed-content', element.name)
  const entries: [string, FieldValue][] = []
  for (const [name, values] of element.children) {
    const [only] = values
    if (values.length === 1 && only !== undefined) entries.push([name, only])
    else if (repetition === 'repeatable') entries.push([name, values])
    else throw new DocumentError('duplicate-field', name)
  }
  // fromEntries defines own properties, so a field called __proto__ is only a field.
  return Object.fromEntries(entries)
}
