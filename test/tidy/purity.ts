// What may not be touched where: clock and chance in pure packages, the network outside the one egress module.
import { packageOf } from './layers.ts'
import { isTest, type Source } from './source.ts'

const clockAndChance =
  /^(Date\.now|new Date\(\)|Math\.random|crypto\.(randomUUID|getRandomValues)|performance\.now|Temporal\.Now\..+|setTimeout|setInterval|setImmediate|queueMicrotask)$/
const pure = ['domain', 'contract', 'wechat']

export function purityViolations(sources: Source[]): string[] {
  return sources
    .filter(({ path }) => pure.includes(packageOf(path) ?? '') && !isTest(path))
    .flatMap((source) =>
      source.uses
        .filter(({ name }) => clockAndChance.test(name))
        .map(
          ({ name, line }) =>
            `${source.path}:${line}: ${name} makes the answer depend on the moment. Take the time, the id or the number as an argument.`,
        ),
    )
}

/** Packages that also run in a browser. */
const everywhere = ['contract', 'domain', 'sdk', 'console']

export function runtimeViolations(sources: Source[]): string[] {
  return sources
    .filter(({ path }) => everywhere.includes(packageOf(path) ?? '') && /\/src\//.test(path) && !isTest(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) => specifier.startsWith('node:'))
        .map(
          ({ specifier, line }) => `${path}:${line}: ${specifier} does not exist in a browser, where this runs too.`,
        ),
    )
}

export const egress = 'packages/server/src/channel/egress.ts'
const clients = ['undici', 'axios', 'got', 'ky', 'node-fetch', 'superagent', 'node:http2']
const serverSide = new Set(['createServer', 'Server', 'IncomingMessage', 'ServerResponse', 'STATUS_CODES', 'METHODS'])
const types = new Set(['IncomingHttpHeaders', 'OutgoingHttpHeaders', 'RequestListener'])
const outbound = /^(fetch|globalThis\.fetch|new (XMLHttpRequest|EventSource|WebSocket)(\(\))?)$/

export function egressViolations(sources: Source[]): string[] {
  return sources
    .filter(({ path }) => ['wechat', 'contract', 'domain', 'server'].includes(packageOf(path) ?? ''))
    .filter(({ path }) => !isTest(path) && path !== egress)
    .flatMap((source) => {
      const imported = source.imports.filter(({ specifier, names }) => isClient(specifier, names))
      const used = source.uses.filter(({ name }) => outbound.test(name))
      return [...imported.map(({ line }) => line), ...used.map(({ line }) => line)].map(
        (line) =>
          `${source.path}:${line}: outbound HTTP leaves through ${egress} alone, where addresses are checked. Take it as a port.`,
      )
    })
}

function isClient(specifier: string, names: string[]): boolean {
  if (clients.includes(specifier)) return true
  if (specifier !== 'node:http' && specifier !== 'node:https') return false
  return names.some((name) => !serverSide.has(name) && !types.has(name))
}
