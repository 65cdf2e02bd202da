// `npm run documents`: writes the tables of docs/reference from the code.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../tidy/repository.ts'
import { withWrittenPart } from './markdown.ts'
import { type Page, pages } from './pages.ts'

async function write(page: Page): Promise<void> {
  const file = join(root, page.path)
  const before = existsSync(file) ? readFileSync(file, 'utf8') : `# ${page.title}\n\n${page.introduction}\n`
  const after = withWrittenPart(before, await page.write())
  if (after === before && existsSync(file)) return console.log(`unchanged ${page.path}`)
  writeFileSync(file, after)
  console.log(`written   ${page.path}`)
}

for (const page of pages) {
  try {
    await write(page)
  } catch (error) {
    // One package that does not load must not keep the other pages from being written.
    console.error(`not written ${page.path}: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  }
}
