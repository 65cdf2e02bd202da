import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * In the repository the console is built on the first start, and again when its sources have changed; packages bring it
 * built. Doing it here and not on installation needs no install script.
 */
export async function buildConsole(signal: AbortSignal): Promise<void> {
  // Whoever names another console needs ours not.
  if (process.env.DUOKE_CONSOLE !== undefined) return
  const folder = dirname(dirname(fileURLToPath(import.meta.resolve('@duoke/console'))))
  const source = join(folder, 'src')
  if (!existsSync(join(folder, 'vite.config.ts')) || !existsSync(source)) return
  const built = join(folder, 'dist/index.html')
  if (existsSync(built) && statSync(built).mtimeMs >= newest(folder)) return
  const vite = fileURLToPath(new URL('bin/vite.js', import.meta.resolve('vite/package.json')))
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    signal,
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  if (code !== 0) throw new Error(`the console could not be built (exit code ${code})`)
}

/** Newest change of what goes into the build: the console and the packages that it is made of. */
function newest(folder: string): number {
  const roots = ['src', 'index.html', 'vite.config.ts', '../contract/src', '../domain/src', '../sdk/src'].map((name) =>
    join(folder, name),
  )
  return Math.max(...roots.filter((root) => existsSync(root)).map(newestBelow))
}

function newestBelow(path: string): number {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newestBelow(join(path, name))))
}
