import type { QuickReply, QuickReplyContent } from '@duoke/contract'
import papa from 'papaparse'

/** The cells of a table: group, title, and a message each. A picture is told by its id, which holds on this server only. */
const header = ['group', 'title', 'message 1', 'message 2', 'message 3', 'message 4', 'message 5']
const image = 'image:'

/** Cells that a spreadsheet would carry out as a formula get an apostrophe before them. */
export function toCsv(replies: readonly QuickReply[]): string {
  const rows = replies.map(({ group, title, parts }) => [
    group,
    title,
    ...parts.map((part) => (part.type === 'text' ? part.text : `${image}${part.mediaId}`)),
  ])
  // Without the mark at the beginning, Excel takes Chinese for something else.
  return `\uFEFF${papa.unparse([header, ...rows], { escapeFormulae: true })}`
}

export type ReadCsv =
  | { readonly ok: true; readonly items: readonly QuickReplyContent[] }
  | { readonly ok: false; readonly line: number; readonly fault: 'title' | 'message' | 'too-many' | 'form' }

export function fromCsv(text: string): ReadCsv {
  const { data, errors } = papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { skipEmptyLines: 'greedy' })
  const [broken] = errors.filter(({ code }) => code !== 'UndetectableDelimiter')
  if (broken !== undefined) return { ok: false, line: (broken.row ?? 0) + 1, fault: 'form' }
  const items: QuickReplyContent[] = []
  for (const [index, cells] of data.entries()) {
    const [group = '', title = '', ...messages] = cells.map(unescaped)
    if (index === 0 && isHeader(group, title)) continue
    const parts = messages.filter((message) => message.trim() !== '').map(partOf)
    const fault = title.trim() === '' ? 'title' : parts.length === 0 ? 'message' : parts.length > 5 ? 'too-many' : null
    if (fault !== null) return { ok: false, line: index + 1, fault }
    items.push({ group: group.trim(), title: title.trim(), parts })
  }
  return { ok: true, items }
}

function partOf(cell: string): QuickReplyContent['parts'][number] {
  return cell.startsWith(image) ? { type: 'image', mediaId: cell.slice(image.length) } : { type: 'text', text: cell }
}

const unescaped = (cell: string): string => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell)
const isHeader = (group: string, title: string): boolean =>
  (group === 'group' && title === 'title') || (group === '分组' && title === '标题')
