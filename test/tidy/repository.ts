// The files of the repository as text: what git tracks or is about to.
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..', '..')

export type TextFile = { path: string; text: string }

const binary = /\.(png|jpg|jpeg|gif|webp|ico|woff2?|mp3|amr|mp4|wav|silk|bin|tgz|pdf)$/

/** Paths with forward slashes, from the root. Without git (an unpacked archive) everything but what npm made. */
export function listPaths(): string[] {
  if (!existsSync(join(root, '.git'))) {
    const exclude = ['**/node_modules/**', '**/dist/**', 'test-results/**', '.duoke/**']
    const found = globSync(['**/*', '.*', '.ci/**/*'], { cwd: root, exclude })
    return found.filter((path) => statSync(join(root, path)).isFile()).map((path) => path.replaceAll('\\', '/'))
  }
  const output = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  const paths = output.toString().split('\0')
  return paths.filter((path) => path !== '' && existsSync(join(root, path))).sort()
}

export function readTexts(paths: string[]): TextFile[] {
  return paths
    .filter((path) => !binary.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

export function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, path), 'utf8'))
}
