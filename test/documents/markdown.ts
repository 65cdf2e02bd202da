// Small pieces of Markdown: tables, the written part of a page, links.
const begin = '<!-- written from the code by `npm run documents`; change the code, not this table -->'
const end = '<!-- end of what is written from the code -->'

export function table(headings: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

export function code(text: string): string {
  return `\`${text}\``
}

/** The page with its written part replaced; what people wrote around it stays. */
export function withWrittenPart(page: string, written: string): string {
  const part = `${begin}\n\n${written.trim()}\n\n${end}`
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from === -1 || to < from) return `${page.trimEnd()}\n\n${part}\n`
  return `${page.slice(0, from)}${part}${page.slice(to + end.length)}`
}

export type Link = { target: string; line: number }

/** Links and pictures of a page, without those in code. */
export function links(page: string): Link[] {
  let fenced = false
  return page.split('\n').flatMap((text, index) => {
    if (/^\s*(```|~~~)/.test(text)) fenced = !fenced
    if (fenced) return []
    const plain = text.replaceAll(/`[^`]*`/g, '')
    return [...plain.matchAll(/\]\(<?([^)\s>]+)>?[^)]*\)|(?:src|href)="([^"]+)"/g)].map((match) => ({
      target: match[1] ?? match[2] ?? '',
      line: index + 1,
    }))
  })
}

/** The anchors that GitHub gives to a page's headings. */
export function anchors(page: string): Set<string> {
  const headings = page.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6}\s+(.+)$/gm)
  return new Set([...headings].map(([, heading = '']) => anchor(heading)))
}

function anchor(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
}
