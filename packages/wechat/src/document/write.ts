import { type DocumentFormat, type Fields, type FieldValue, isFields } from './fields.ts'
import { storableText } from './storable-text.ts'

/** Fields WeChat writes as bare numbers; all others are strings (CDATA in XML, quoted in JSON). */
const NUMERIC = new Set([
  'CreateTime',
  'MsgId',
  'MsgID',
  'Idx',
  'Location_X',
  'Location_Y',
  'Latitude',
  'Longitude',
  'Precision',
  'Scale',
  'FileTotalLen',
  'MenuId',
  'bizmsgmenuid',
  'Count',
  'ArticleCount',
  'TotalCount',
  'FilterCount',
  'SentCount',
  'ErrorCount',
  'ArticleIdx',
  'UserDeclareState',
  'AuditState',
  'OriginalArticleType',
  'CanReprint',
  'NeedReplaceContent',
  'NeedShowReprintSource',
  'CheckState',
  'PopupScene',
  'ErrorCode',
  'ExpiredTime',
  'FailTime',
  'TimeStamp',
  'is_ai_msg',
])
const NUMBER = /^-?(?:0|[1-9]\d{0,19})(?:\.\d{1,20})?$/
const ELEMENT_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/

export function writeDocument(fields: Fields, format: DocumentFormat): string {
  return format === 'xml' ? `<xml>${xmlChildren(fields)}</xml>` : jsonValue('', fields)
}

function isBare(name: string, text: string): boolean {
  return NUMERIC.has(name) && NUMBER.test(text)
}

function xmlChildren(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => xmlElements(name, value))
    .join('')
}

function xmlElements(name: string, value: FieldValue): string {
  if (!ELEMENT_NAME.test(name)) throw new TypeError(`"${name.slice(0, 100)}" cannot be an element's name`)
  if (typeof value === 'string') {
    const text = storableText(value)
    return `<${name}>${isBare(name, text) ? text : cdata(text)}</${name}>`
  }
  if (isFields(value)) return `<${name}>${xmlChildren(value)}</${name}>`
  return value.map((item) => xmlElements(name, item)).join('')
}

/** A section cannot hold its own end, and every XML reader turns a carriage return inside one into a line feed. */
export function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>').replaceAll('\r', ']]>&#13;<![CDATA[')}]]>`
}

function jsonValue(name: string, value: FieldValue): string {
  if (typeof value === 'string') return isBare(name, value) ? value : JSON.stringify(storableText(value))
  if (isFields(value)) {
    return `{${Object.entries(value)
      .map(([key, child]) => `${JSON.stringify(storableText(key))}:${jsonValue(key, child)}`)
      .join(',')}}`
  }
  return `[${value.map((item) => jsonValue(name, item)).join(',')}]`
}
