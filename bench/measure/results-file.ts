import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const title = '# Results\n\nWhat was measured, newest first. How, and what each number means: [README](README.md).\n'

/** Puts a section into the page: in place of the one with the same heading, or above all others. */
export function withSection(page: string, heading: string, body: string): string {
  const section = `## ${heading}\n\n${body.trim()}\n`
  const [before = '', ...sections] = page.split(/^(?=## )/m)
  const at = sections.findIndex((one) => one.startsWith(`## ${heading}\n`))
  const isLast = at === sections.length - 1
  if (at === -1) sections.unshift(sections.length === 0 ? section : `${section}\n`)
  else sections[at] = isLast ? section : `${section}\n`
  return `${before.trim()}\n\n${sections.join('')}`
}

export function writeSection(file: URL, heading: string, body: string): void {
  const page = existsSync(file) ? readFileSync(file, 'utf8') : title
  writeFileSync(file, withSection(page, heading, body))
}
