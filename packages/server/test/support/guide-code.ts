// The JavaScript of a guide (docs/guides), run as it stands there: what a reader copies is what is tested.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import type { Json } from './app.ts'

const root = join(import.meta.dirname, '../../../..')
const require = createRequire(join(root, 'package.json'))

/** What a guide tells its reader to set. */
export type GuideEnvironment = {
  readonly DUOKE_URL: string
  readonly DUOKE_APP_ID: string
  readonly DUOKE_APP_SECRET: string
  readonly DUOKE_TOKEN?: string
  readonly DUOKE_AES_KEY?: string
  readonly CACHE_FOLDER?: string
}

/** What the guide's program exports, with the packages from npm untouched. */
export function runGuide(name: string, env: GuideEnvironment): Json {
  const path = join(root, 'docs/guides', `${name}.md`)
  const code = /^```js\n([\s\S]+?)^```$/m.exec(readFileSync(path, 'utf8'))?.[1]
  if (code === undefined) throw new Error(`docs/guides/${name}.md shows no JavaScript`)
  const module: { exports: unknown } = { exports: {} }
  compileFunction(code, ['require', 'module', 'process'], { filename: path })(require, module, { env })
  return module.exports
}
