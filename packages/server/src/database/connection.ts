import type { ConnectionOptions } from 'node:tls'
import { parseIntoClientConfig } from 'pg-connection-string'

/** How a PostgreSQL server is reached. A host that starts with `/` is the folder of a Unix socket. */
export type Connection = {
  host: string
  port: number
  user: string
  password?: string
  database: string
  ssl?: boolean | ConnectionOptions
  /** Command-line options for the server process, as in `-c name=value`. */
  options?: string
}

export function connectionFromUrl(url: string): Connection {
  const parsed = parseIntoClientConfig(url)
  const user = parsed.user || 'postgres'
  const { password, ssl, options } = parsed
  return {
    host: parsed.host || 'localhost',
    port: parsed.port ?? 5432,
    user,
    database: parsed.database || user,
    ...(typeof password === 'string' && password !== '' && { password }),
    ...(ssl !== undefined && { ssl }),
    ...(options !== undefined && { options }),
  }
}

/** The same server as a URL, for another process on this machine. */
export function urlOfConnection({ host, port, user, password, database, options }: Connection): string {
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`
  const socket = host.startsWith('/')
  const query = new URLSearchParams({ ...(socket && { host }), ...(options !== undefined && { options }) }).toString()
  const name = host.includes(':') ? `[${host}]` : host
  const place = socket ? 'localhost' : name
  return `postgresql://${encodeURIComponent(user)}${secret}@${place}:${port}/${encodeURIComponent(database)}${query && `?${query}`}`
}
