// Builds every package that outsiders install and packs it as JavaScript with types: Node refuses to strip types
// inside node_modules.
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runCommand } from '../runner/run-command.ts'
import { root } from '../tidy/repository.ts'
import { builtText, type Manifest, packedManifest } from './manifest.ts'

const minuteMs = 60_000

/** What a package keeps at home: sources, tests and the settings of tools. Folders of pages or fixtures travel. */
const stays = /^(src|test|bench|dev|node_modules|package\.json|tsconfig.*|.*\.config\.\w+|index\.html|\..*)$/

/** Packs all packages into the folder and answers the paths of the tarballs. */
export async function packAll(destination: string): Promise<string[]> {
  mkdirSync(destination, { recursive: true })
  const work = mkdtempSync(join(tmpdir(), 'duoke-pack-'))
  try {
    const built = join(work, 'built')
    await build(built)
    const staged = readdirSync(join(root, 'packages')).map((name) => stage(name, built, join(work, 'staged', name)))
    await run('npm', ['pack', '--silent', '--pack-destination', destination, ...staged], root)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return globSync('*.tgz', { cwd: destination }).map((file) => join(destination, file))
}

async function build(destination: string): Promise<void> {
  await run('tsc', ['-p', join(import.meta.dirname, 'tsconfig.json'), '--outDir', destination], root)
  await run('npm', ['run', '--silent', '--if-present', 'build', '-w', 'packages/console'], root)
}

export async function run(command: string, args: string[], cwd: string): Promise<string> {
  const ended = await runCommand(command, args, { cwd, output: 'keep', limitMs: 5 * minuteMs })
  if (ended.code !== 0)
    throw new Error(`${[command, ...args].join(' ')} ended with code ${ended.code}:\n${ended.output}`)
  return ended.output
}

/** Lays out one package as it will be unpacked elsewhere. */
function stage(name: string, built: string, folder: string): string {
  const source = join(root, 'packages', name)
  const manifest: Manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  const { optionalDependencies: pinned } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify(packedManifest(manifest, pinned), null, 2))
  const extras = readdirSync(source).filter((entry) => !stays.test(entry))
  for (const extra of extras) cpSync(join(source, extra), join(folder, extra), { recursive: true })
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  const code = join(built, name, 'src')
  if (existsSync(code)) cpSync(code, join(folder, 'dist'), { recursive: true })
  // What the console's sources need is inside what Vite built from them.
  if (name !== 'console') copyAssets(join(source, 'src'), join(folder, 'dist'))
  for (const file of globSync('{dist,bin}/**/*.js', { cwd: folder })) {
    const path = join(folder, file)
    writeFileSync(path, builtText(readFileSync(path, 'utf8')))
  }
  return folder
}

/** Pages, SQL and pictures lie beside the code that opens them. */
function copyAssets(source: string, destination: string): void {
  if (!existsSync(source)) return
  for (const file of globSync('**/*.*', { cwd: source, exclude: ['**/*.ts', '**/*.tsx'] })) {
    mkdirSync(dirname(join(destination, file)), { recursive: true })
    cpSync(join(source, file), join(destination, file), { recursive: true })
  }
}
