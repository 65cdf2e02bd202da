import { spawnSync } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const folder = join(import.meta.dirname, '..', '..')
const parts = ['src/**/*', 'public/*', 'index.html', 'vite.config.ts', '../{contract,domain,sdk}/src/**/*.ts']

/** Builds the console when what is built is older than what it is built from. */
export function buildConsole(): void {
  const built = join(folder, 'dist', 'index.html')
  const newest = Math.max(...globSync(parts, { cwd: folder }).map((path) => statSync(join(folder, path)).mtimeMs))
  if (existsSync(built) && statSync(built).mtimeMs > newest) return
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js')
  const child = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: folder, stdio: 'inherit' })
  if (child.status !== 0) throw new Error('The console could not be built')
}
