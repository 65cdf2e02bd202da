// Runs once behind the browser suite: every request that the console made in it, against the published operations and the
// scopes that the console declares. Prints the sum; strays fail the stage.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type OperationId, operationIds, operations } from '@duoke/contract'
import { consoleFolder, declaredScopes } from '../../src/index.ts'

const patterns = operationIds.map((id) => ({ id, pattern: patternOf(id) }))

function patternOf(id: OperationId): RegExp {
  const { method, path } = operations[id]
  return new RegExp(`^${method} ${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}

/** The socket of the event log is documented in AsyncAPI; files of the console itself are no operations (HEAD: is it there again?). */
function isOwn(request: string): boolean {
  const [method = '', path = ''] = request.split(' ')
  return ['GET', 'HEAD'].includes(method) && (path === '/v1/stream' || existsSync(new URL(`.${path}`, consoleFolder)))
}

/** What became of the requests of one run: `strays` are sentences. */
export function compareRequests(requests: readonly string[]): { used: Set<OperationId>; strays: string[] } {
  const used = new Set<OperationId>()
  const strays: string[] = []
  for (const request of requests) {
    const operation = patterns.find(({ pattern }) => pattern.test(request))
    if (operation === undefined) {
      if (!isOwn(request)) strays.push(`${request} is no published operation`)
      continue
    }
    used.add(operation.id)
    const { scope } = operations[operation.id]
    if (scope !== null && !declaredScopes.includes(scope))
      strays.push(`${request} needs ${scope}, which is not declared`)
  }
  return { used, strays }
}

function main(folder: string): void {
  const requests = new Set(
    readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')),
  )
  const { used, strays } = compareRequests([...requests])
  for (const stray of strays) console.log(`stray: ${stray}`)
  console.log(`requests of the console: ${used.size} operations used, ${strays.length} strays`)
  if (used.size === 0 || strays.length > 0) process.exitCode = 1
}

if (import.meta.main) main(process.argv[2] ?? '')
