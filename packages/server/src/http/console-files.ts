import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { presentError } from './present-error.ts'
import { Refused } from './refused.ts'
import { consolePolicy, type PageOrigins } from './security-headers.ts'

/** Where the console's built files are when no setting says so: the package beside us, in the repository or installed. */
export function shippedConsole(): string | null {
  try {
    const folder = dirname(dirname(fileURLToPath(import.meta.resolve('@duoke/console'))))
    return join(folder, 'dist')
  } catch {
    return null
  }
}

/**
 * The console's built files at `/`. Names with a digest never change; the page itself is asked for anew each time. Any other
 * address that a person may have typed or kept gets the page, which shows what belongs there.
 */
export function serveConsole(app: FastifyInstance, folder: string | null, origins: PageOrigins): void {
  const policy = consolePolicy(origins)
  const page = folder === null ? null : join(folder, 'index.html')
  if (folder !== null && page !== null && existsSync(page)) {
    void app.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      index: false,
      cacheControl: false,
      setHeaders(response, path) {
        const isLasting = path.includes('/assets/')
        response.header('Cache-Control', isLasting ? 'public, max-age=31536000, immutable' : 'no-cache')
        if (path.endsWith('.html')) response.header('Content-Security-Policy', policy)
      },
    })
  }
  app.get('/*', async (request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const isPage = !/^\/(v1|wechat|docs|cgi-bin|assets)(\/|$)/.test(path) && !/\.[a-z0-9]{1,8}$/i.test(path)
    if (!isPage) return presentError(new Refused('not_found'), request, reply)
    if (page === null || !existsSync(page)) {
      return reply
        .code(404)
        .type('text/plain; charset=utf-8')
        .send('The console is not built: npm run build -w packages/console\n')
    }
    const html = await readFile(page)
    return reply
      .headers({ 'Content-Security-Policy': policy, 'Cache-Control': 'no-cache' })
      .type('text/html; charset=utf-8')
      .send(html)
  })
}
