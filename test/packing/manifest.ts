// The package.json that outsiders get: the same package, with its sources replaced by what was built from them.

export type Target = string | { types: string; default: string }
export type Manifest = {
  name: string
  version: string
  exports?: Record<string, string>
  bin?: Record<string, string>
  engines?: Record<string, string>
  files?: string[]
  scripts?: unknown
  devDependencies?: unknown
  [field: string]: unknown
}

/** Packages that run on the Node of those who install them; the others need Temporal, which Node 26 brought. */
const olderNode = ['@duoke/wechat', '@duoke/contract', '@duoke/domain', '@duoke/sdk', 'duoke']

/** `pinned` is the Node of this repository, package by package: the command brings it along. */
export function packedManifest(manifest: Manifest, pinned: Record<string, string>): Record<string, unknown> {
  const { scripts: _scripts, devDependencies: _development, exports = {}, ...rest } = manifest
  return {
    ...rest,
    exports: Object.fromEntries(Object.entries(exports).map(([key, target]) => [key, builtTarget(target)])),
    ...(manifest.name === 'duoke' && { optionalDependencies: pinned }),
    engines: { node: olderNode.includes(manifest.name) ? '>=20' : '>=26' },
  }
}

function builtTarget(target: string): Target {
  const source = /^\.\/src\/(.+)\.tsx?$/.exec(target)?.[1]
  return source === undefined ? target : { types: `./dist/${source}.d.ts`, default: `./dist/${source}.js` }
}

/**
 * The compiler rewrites import specifiers but not file names in strings: workers and child processes are started with
 * `new URL('./worker.ts', import.meta.url)`, and the command's own file names `../src`.
 */
export function builtText(text: string): string {
  return text
    .replaceAll(/(new URL\(\s*['"`])(\.[^'"`]+)(['"`],\s*import\.meta\.url)/g, (_all, before, path: string, after) => {
      return before + builtPath(path) + after
    })
    .replaceAll(
      /(import\.meta\.resolve\(\s*['"`]|import\(\s*['"`]|from ['"])(\.[^'"`]+)/g,
      (_all, before, path: string) => {
        return before + builtPath(path)
      },
    )
}

function builtPath(path: string): string {
  return path.replace(/\/src\//, '/dist/').replace(/\.tsx?$/, '.js')
}
