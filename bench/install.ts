// `npm run bench:install`: how long `npm ci` takes in a fresh copy with a warm cache, what it installs, and how long it is
// then from `npm start` to a console that can be used, the first time and the second.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { listPaths, root } from '../test/tidy/repository.ts'

type Size = { name: string; bytes: number }

const megabyte = 1024 * 1024

function bytesUnder(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).reduce(
    (total, entry) => total + (entry.isFile() ? lstatSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  )
}

function packagesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => (name.startsWith('@') ? readdirSync(join(folder, name)).map((part) => join(name, part)) : name))
}

function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'duoke-install-'))
  for (const path of listPaths()) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    cpSync(join(root, path), join(copy, path))
  }
  return copy
}

/** The answer in seconds. */
function install(copy: string, flags: string[]): number {
  rmSync(join(copy, 'node_modules'), { recursive: true, force: true })
  const startedAt = performance.now()
  execFileSync('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--loglevel=error', ...flags], { cwd: copy })
  return (performance.now() - startedAt) / 1000
}

function report(title: string, copy: string, seconds: number): void {
  const modules = join(copy, 'node_modules')
  const sizes: Size[] = packagesIn(modules)
    .filter((name) => !lstatSync(join(modules, name)).isSymbolicLink())
    .map((name) => ({ name, bytes: bytesUnder(join(modules, name)) }))
    .sort((left, right) => right.bytes - left.bytes)
  const total = sizes.reduce((sum, size) => sum + size.bytes, 0)
  console.log(`\n${title}: ${seconds.toFixed(1)} s, ${(total / megabyte).toFixed(0)} MB in ${sizes.length} packages`)
  for (const { name, bytes } of sizes.slice(0, 8))
    console.log(`  ${(bytes / megabyte).toFixed(1).padStart(7)} MB  ${name}`)
}

/** Seconds from the command to the console that answers at the address which was printed. The next start finds the data. */
async function startOnce(copy: string): Promise<number> {
  const places = ['--port', '0', '--phone-port', '0', '--data', join(copy, '.duoke')]
  const startedAt = performance.now()
  const child = spawn('npm', ['start', '--silent', '--', '--json', '--no-open', ...places], {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  const { console: address } = JSON.parse(String(line)) as { console: string } // printed by `duoke start --json`
  const answer = await fetch(address)
  if (!answer.ok) throw new Error(`the console answers ${answer.status}`)
  await answer.text()
  const seconds = (performance.now() - startedAt) / 1000
  // As Ctrl-C does: npm hands it on to nobody.
  const ended = once(child, 'exit')
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
  await ended
  return seconds
}

function reportStart(title: string, seconds: number, target: number): void {
  console.log(`${title}: ${seconds.toFixed(1)} s (target ≤ ${target} s: ${seconds <= target ? 'met' : 'MISSED'})`)
}

const copy = copyRepository()
try {
  console.log(`${process.platform}-${process.arch}, ${cpus().length} cores, Node ${process.versions.node}`)
  install(copy, []) // fills the cache
  report('npm ci', copy, install(copy, []))
  console.log()
  reportStart('First start', await startOnce(copy), 10)
  reportStart('Second start', await startOnce(copy), 3)
  report('npm ci --omit=dev', copy, install(copy, ['--omit=dev']))
} finally {
  rmSync(copy, { recursive: true, force: true })
}
