import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import ipaddr from 'ipaddr.js'

/**
 * Every setting of the server, once. The command line, the environment and the reference page are made from this table.
 * A flag wins over the variable, the variable over the default.
 */
export const settings = {
  port: setting('DUOKE_PORT', 'port', '7300', 'Port of the HTTP interface and the console; 0 takes a free one.'),
  host: setting('DUOKE_HOST', 'text', '127.0.0.1', 'Address to listen on; 0.0.0.0 means every network interface.'),
  data: setting('DUOKE_DATA', 'folder', 'duoke-data', 'Folder of the embedded database, the key and the media.'),
  databaseUrl: setting(
    'DUOKE_DATABASE_URL',
    'postgres-url',
    null,
    'PostgreSQL 15 or later to use instead of the embedded one.',
    'secret',
  ),
  natsUrl: setting(
    'DUOKE_NATS_URL',
    'nats-url',
    null,
    'NATS server that wakes the other servers when there is more than one.',
    'secret',
  ),
  publicUrl: setting(
    'DUOKE_PUBLIC_URL',
    'http-url',
    null,
    'Origin under which browsers and WeChat reach this server; links and cookies are made for it.',
  ),
  keyFile: setting('DUOKE_KEY_FILE', 'file', null, 'File of the key for secrets at rest; made on the first start.'),
  media: setting(
    'DUOKE_MEDIA',
    'media',
    null,
    'Folder, or s3:BUCKET, of pictures, voices and videos; with NATS it must be shared by all servers.',
  ),
  s3Endpoint: setting(
    'DUOKE_S3_ENDPOINT',
    'http-url',
    null,
    'Origin of the S3-compatible store that DUOKE_MEDIA names.',
  ),
  s3Region: setting('DUOKE_S3_REGION', 'text', 'us-east-1', 'Region of the S3-compatible store.'),
  s3AccessKey: setting('DUOKE_S3_ACCESS_KEY', 'text', null, 'Access key of the S3-compatible store.', 'secret'),
  s3SecretKey: setting('DUOKE_S3_SECRET_KEY', 'text', null, 'Secret key of the S3-compatible store.', 'secret'),
  mediaUrl: setting('DUOKE_MEDIA_URL', 'http-url', null, 'Origin of its own from which media is served to browsers.'),
  egressAllow: setting(
    'DUOKE_EGRESS_ALLOW',
    'cidrs',
    '',
    'Private networks that outbound pushes may reach, as CIDRs separated by commas.',
  ),
  trustProxy: setting(
    'DUOKE_TRUST_PROXY',
    'cidrs',
    '',
    'Networks of the reverse proxies whose X-Forwarded-For is believed, as CIDRs separated by commas.',
  ),
  metricsToken: setting(
    'DUOKE_METRICS_TOKEN',
    'text',
    null,
    'Bearer token for /metrics; without it only loopback may read them.',
    'secret',
  ),
  logLevel: setting('DUOKE_LOG_LEVEL', 'log-level', 'info', 'One of fatal, error, warn, info, debug, trace, silent.'),
  rateLimit: setting('DUOKE_RATE_LIMIT', 'count', '6000', 'Requests a minute that one token may make.'),
  console: setting(
    'DUOKE_CONSOLE',
    'folder',
    null,
    "Folder of the console's built files, when it is not the shipped one.",
  ),
  phoneUrl: setting('DUOKE_PHONE_URL', 'http-url', null, "Address of the simulator's phone, shown beside the console."),
  unsafeDatabase: setting(
    'DUOKE_UNSAFE_DATABASE',
    'switch',
    '0',
    '1 starts on a PostgreSQL that may lose confirmed writes in a power cut.',
  ),
} as const

export type SettingName = keyof typeof settings

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
export type MediaPlace =
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 's3'
      readonly bucket: string
      readonly endpoint: string
      readonly region: string
      readonly accessKey: string
      readonly secretKey: string
    }

export type Config = {
  readonly port: number
  readonly host: string
  readonly data: string
  readonly databaseUrl: string | null
  readonly natsUrl: string | null
  /** Without a trailing slash; null means the address that the server listens on. */
  readonly publicUrl: string | null
  readonly keyFile: string
  readonly media: MediaPlace
  readonly mediaUrl: string | null
  readonly egressAllow: readonly string[]
  readonly trustProxy: readonly string[]
  readonly metricsToken: string | null
  readonly logLevel: LogLevel
  readonly rateLimit: number
  readonly console: string | null
  readonly phoneUrl: string | null
  readonly unsafeDatabase: boolean
}

export type ConfigReading =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Variables that other parts read: the command line as a client, the tests and the failpoints. */
const readElsewhere =
  /^DUOKE_(SERVER|TOKEN|ORG|NO_OPEN|PROOF|SEED|TEST_[A-Z0-9_]+|CRASH_[A-Z0-9_]+|SIMULATE_[A-Z0-9_]+)$/

type Environment = Readonly<Record<string, string | undefined>>

/** @param flags values of the command line by setting name, as typed */
export function readConfig(env: Environment, flags: Partial<Record<SettingName, string>> = {}): ConfigReading {
  const problems = unknownVariables(env)
  const raw = (name: SettingName): string | null => {
    const { variable, fallback } = settings[name]
    const given = flags[name] ?? env[variable]
    return given === undefined || given === '' ? fallback : given
  }
  const read = <T>(name: SettingName, parse: (text: string) => T | string[]): T | null => {
    const text = raw(name)
    if (text === null) return null
    const value = parse(text)
    if (!isProblem(value)) return value
    const source = flags[name] === undefined ? settings[name].variable : `--${flagOf(name)}`
    problems.push(`${source} ${secretOf(name) ? '' : `is "${text}"; it `}must be ${value.join(' ')}.`)
    return null
  }
  const data = resolve(raw('data') ?? '.')
  const named = raw('media')
  const media = named === null ? folderOfMedia(join(data, 'media')) : read('media', mediaPlace(raw))
  const config: Config = {
    port: read('port', wholeNumber(0, 65_535)) ?? 0,
    host: read('host', hostName) ?? '',
    data,
    databaseUrl: read('databaseUrl', urlOf(['postgres:', 'postgresql:'])),
    natsUrl: read('natsUrl', natsUrls),
    publicUrl: read('publicUrl', origin),
    keyFile: resolve(raw('keyFile') ?? join(data, 'duoke.key')),
    media: media ?? folderOfMedia(''),
    mediaUrl: read('mediaUrl', origin),
    egressAllow: read('egressAllow', cidrs)?.list ?? [],
    trustProxy: read('trustProxy', cidrs)?.list ?? [],
    metricsToken: raw('metricsToken'),
    logLevel: read('logLevel', logLevel) ?? 'info',
    rateLimit: read('rateLimit', wholeNumber(1, 10_000_000)) ?? 0,
    console: raw('console') === null ? null : resolve(raw('console') ?? '.'),
    phoneUrl: read('phoneUrl', urlOf(['http:', 'https:'])),
    unsafeDatabase: read('unsafeDatabase', toggle)?.on ?? false,
  }
  if (config.natsUrl !== null && named === null) {
    problems.push('DUOKE_NATS_URL is set, so DUOKE_MEDIA must name a folder shared by all servers, or s3:BUCKET.')
  }
  return problems.length === 0 ? { ok: true, config } : { ok: false, problems }
}

/** The name of a setting on the command line: `databaseUrl` is `--database`, as the operator contract has it. */
export function flagOf(name: SettingName): string {
  if (name === 'databaseUrl') return 'database'
  if (name === 'natsUrl') return 'nats'
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function secretOf(name: SettingName): boolean {
  return settings[name].secret
}

function setting<const Type extends string>(
  variable: string,
  type: Type,
  fallback: string | null,
  sentence: string,
  secret?: 'secret',
) {
  return { variable, type, fallback, sentence, secret: secret === 'secret' }
}

function unknownVariables(env: Environment): string[] {
  const known = new Set<string>(Object.values(settings).map(({ variable }) => variable))
  return Object.keys(env)
    .filter((name) => name.startsWith('DUOKE_') && !known.has(name) && !readElsewhere.test(name))
    .sort()
    .map((name) => `${name} is not a setting of Duoke${suggestion(name, known)}.`)
}

function suggestion(name: string, known: ReadonlySet<string>): string {
  const names = [...known]
  const near =
    names.find((candidate) => candidate.startsWith(name)) ?? names.find((candidate) => name.startsWith(candidate))
  return near === undefined ? '; unset it' : `: perhaps ${near} is meant`
}

// A list of words stands for a problem, so that every parser can answer either with one return.
const isProblem = (value: unknown): value is string[] => Array.isArray(value)

function wholeNumber(least: number, most: number) {
  return (text: string): number | string[] => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    return value >= least && value <= most ? value : [`a whole number from ${least} to ${most}`]
  }
}

function hostName(text: string): string | string[] {
  return isIP(text) !== 0 || /^[A-Za-z0-9.-]{1,253}$/.test(text) ? text : ['an IP address or a host name']
}

function urlOf(protocols: readonly string[]) {
  return (text: string): string | string[] => {
    const wanted = [`a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`]
    return URL.canParse(text) && protocols.includes(new URL(text).protocol) ? text : wanted
  }
}

function natsUrls(text: string): string | string[] {
  const parse = urlOf(['nats:', 'tls:'])
  return text.split(',').every((url) => !isProblem(parse(url.trim()))) ? text : parse('')
}

function origin(text: string): string | string[] {
  const wanted = ['an origin such as https://chat.example.com, without a path']
  if (!URL.canParse(text)) return wanted
  const url = new URL(text)
  const bare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  return /^https?:$/.test(url.protocol) && bare ? url.origin : wanted
}

function cidrs(text: string): { list: string[] } | string[] {
  const list = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const valid = list.every((part) => ipaddr.isValidCIDR(part) || isIP(part) !== 0)
  return valid ? { list } : ['CIDRs such as 10.0.0.0/8, separated by commas; a number of hops is not accepted']
}

const folderOfMedia = (path: string): MediaPlace => ({ kind: 'folder', path })

function mediaPlace(raw: (name: SettingName) => string | null) {
  return (text: string): MediaPlace | string[] => {
    if (!text.startsWith('s3:')) return folderOfMedia(resolve(text))
    const bucket = text.slice('s3:'.length)
    if (!/^[A-Za-z0-9][A-Za-z0-9./_-]{1,200}$/.test(bucket)) return ['a folder or s3:BUCKET']
    const endpoint = origin(raw('s3Endpoint') ?? '')
    const [accessKey, secretKey] = [raw('s3AccessKey'), raw('s3SecretKey')]
    if (isProblem(endpoint) || accessKey === null || secretKey === null) {
      return ['accompanied by DUOKE_S3_ENDPOINT (an origin), DUOKE_S3_ACCESS_KEY and DUOKE_S3_SECRET_KEY']
    }
    return { kind: 's3', bucket, endpoint, region: raw('s3Region') ?? '', accessKey, secretKey }
  }
}

const logLevels: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

function logLevel(text: string): LogLevel | string[] {
  return logLevels.find((level) => level === text) ?? [`one of ${logLevels.join(', ')}`]
}

function toggle(text: string): { on: boolean } | string[] {
  if (/^(1|true|yes|on)$/i.test(text)) return { on: true }
  return /^(0|false|no|off)$/i.test(text) ? { on: false } : ['1 or 0']
}
