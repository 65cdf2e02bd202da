// Who may import whom. npm lets every package of a workspace import every other; these tables do not.
import { posix } from 'node:path'
import { isTest, type Source } from './source.ts'

type Layer = { may: string[]; because: string }

const packages: Record<string, Layer> = {
  wechat: { may: [], because: "it holds Tencent's words only, and outsiders install it alone" },
  contract: { may: [], because: 'it holds our words only, and every package builds on it' },
  domain: { may: ['contract'], because: 'decisions are pure; pass the fact in' },
  sdk: { may: ['contract', 'wechat'], because: 'it runs at our users, without a server' },
  simulator: { may: ['wechat'], because: 'it knows only what Tencent knows, so that it stays an honest counterpart' },
  server: { may: ['domain', 'contract', 'wechat'], because: 'it is reached over HTTP, and reaches nobody of ours' },
  console: { may: ['sdk', 'domain', 'contract'], because: 'it is an app like any other and uses the public interface' },
  cli: {
    may: ['sdk', 'server', 'simulator', 'console'],
    because: 'it only starts the parts and speaks the public API',
  },
}

const ground = ['database', 'events', 'http', 'ports']

const serverFolders: Record<string, Layer> = {
  database: { may: ['ports'], because: 'the ground knows no feature' },
  events: { may: ['database', 'ports'], because: 'the ground knows no feature' },
  http: { may: ['database', 'events', 'ports'], because: 'the ground knows no feature; take what you need as a port' },
  ports: { may: [], because: 'a port is an interface to the world outside and knows nobody' },
  identity: { may: ground, because: 'everybody builds on identity' },
  routing: { may: ground, because: 'the conversation asks routing, never the reverse' },
  conversation: { may: [...ground, 'routing'], because: 'channel, platform and realtime call it, never the reverse' },
  platform: {
    may: [...ground, 'routing', 'conversation', 'identity'],
    because: 'apps act through conversation and identity, and rules are published here',
  },
  realtime: { may: [...ground, 'conversation', 'identity'], because: 'sockets follow the log; nobody calls them' },
  channel: { may: [...ground, 'platform', 'conversation', 'identity'], because: 'it speaks the wire at the edge' },
  performance: { may: ground, because: 'it reads the log; figures are folds of events' },
  search: { may: ground, because: 'it reads the log' },
  bus: { may: ['ports'], because: 'it carries wake-ups and knows no feature' },
  media: { may: ground, because: 'it stores bytes and knows no feature' },
}

/** Files of the server that wire everything, and are imported by nobody inside. */
const wiring = ['main.ts', 'app.ts', 'ground.ts', 'parts.ts', 'operator.ts', 'index.ts']

export function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1]
}

export function layerViolations(sources: Source[]): string[] {
  return sources.flatMap((source) => [...packageViolations(source), ...serverViolations(source)])
}

function packageViolations(source: Source): string[] {
  const own = packageOf(source.path)
  if (own === undefined || wholeRoad(source.path)) return []
  const layer = packages[own]
  if (!layer)
    return [`${source.path}: packages/${own} has no line in test/tidy/layers.ts. Say there what it may import.`]
  const allowed = isTest(source.path) ? [...layer.may, ...testsMayAlsoImport(own)] : layer.may
  return source.imports.flatMap(({ specifier, line }) => {
    const place = `${source.path}:${line}`
    const target = /^@duoke\/([^/]+)/.exec(specifier)?.[1]
    if (target !== undefined && !allowed.includes(target)) {
      return [`${place}: ${own} may not import ${target}: ${layer.because}.`]
    }
    return leavesPackage(source.path, specifier)
      ? [`${place}: "${specifier}" reaches into another package. Import it by its name, through what it exports.`]
      : []
  })
}

/** Tests of whole roads wire everything together, and so do benchmarks. */
function wholeRoad(path: string): boolean {
  return /^packages\/(server|console|cli|sdk)\/test\//.test(path)
}

function testsMayAlsoImport(own: string): string[] {
  return own === 'server' || own === 'cli' ? ['sdk', 'simulator', 'server'] : []
}

function leavesPackage(path: string, specifier: string): boolean {
  if (!specifier.startsWith('.')) return false
  const target = posix.join(posix.dirname(path), specifier)
  if (packageOf(target) === packageOf(path)) return false
  return !(isTest(path) && target.startsWith('test/'))
}

function serverViolations(source: Source): string[] {
  const from = serverFolder(source.path)
  if (from === undefined || isTest(source.path)) return []
  const wechat = source.imports.filter(({ specifier }) => /^@duoke\/wechat/.test(specifier) && from !== 'channel')
  const layer = serverFolders[from]
  if (from !== '' && !layer) {
    return [
      `${source.path}: the server folder ${from} has no line in test/tidy/layers.ts. Say there what it may import.`,
    ]
  }
  return [
    ...wechat.map(({ line }) => `${source.path}:${line}: only channel/ speaks WeChat's words; take ours instead.`),
    ...source.imports.flatMap(({ specifier, line }) => {
      const problem = folderProblem(source.path, from, layer, specifier)
      return problem === undefined ? [] : [`${source.path}:${line}: ${problem}`]
    }),
  ]
}

function folderProblem(path: string, from: string, layer: Layer | undefined, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  const target = posix.join(posix.dirname(path), specifier)
  const to = serverFolder(target)
  if (to === undefined || to === from || wiring.includes(posix.basename(path))) return undefined
  if (to === '') {
    const wired = wiring.includes(posix.basename(target))
    return wired ? `${posix.basename(target)} wires the parts; no part may import it.` : undefined
  }
  if (!layer) return `a file beside the folders may not import the folder ${to}: it belongs into it, or into app.ts.`
  return layer.may.includes(to) ? undefined : `${from} may not import ${to}: ${layer.because}.`
}

/** The feature folder of a file of the server; '' for a file beside the folders; undefined for other files. */
function serverFolder(path: string): string | undefined {
  const inside = /^packages\/server\/src\/(.+)$/.exec(path)?.[1]
  if (inside === undefined) return undefined
  return inside.includes('/') ? inside.split('/')[0] : ''
}

/** Each cycle once, as the list of files on it. */
export function importCycles(sources: Source[], entryOf: (specifier: string) => string | undefined): string[][] {
  const graph = new Map(sources.map((source) => [source.path, targets(source, entryOf)]))
  const done = new Set<string>()
  const cycles: string[][] = []
  const walk = (path: string, trail: string[]) => {
    const at = trail.indexOf(path)
    if (at !== -1) cycles.push([...trail.slice(at), path])
    if (at !== -1 || done.has(path)) return
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) walk(path, [])
  return cycles
}

function targets(source: Source, entryOf: (specifier: string) => string | undefined): string[] {
  return source.imports.flatMap(({ specifier }) => {
    if (specifier.startsWith('.')) return [posix.join(posix.dirname(source.path), specifier)]
    return entryOf(specifier) ?? []
  })
}
