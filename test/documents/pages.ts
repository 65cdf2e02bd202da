// The reference pages whose tables are written from the code. Each page: an introduction by people, then the table.
import {
  ConfigurationDocument,
  errors,
  events,
  type OperationDeclaration,
  operations,
  scopes,
  scopesOfRole,
} from '@duoke/contract'
import { publishedLimits } from '../../packages/server/src/channel/app-pushes/limits.ts'
import { settings } from '../../packages/server/src/config.ts'
import { listPaths, readTexts } from '../tidy/repository.ts'
import { commandsTable } from './commands-table.ts'
import { documentTable } from './document-table.ts'
import { faults, faultsTable, type NamedTest, titlesIn } from './faults.ts'
import { code, table } from './markdown.ts'
import { fieldNames } from './schema-text.ts'

export type Page = { path: string; title: string; introduction: string; write: () => string | Promise<string> }

const reference = (name: string) => `docs/reference/${name}.md`

export const pages: Page[] = [
  {
    path: reference('errors'),
    title: 'Errors',
    introduction:
      'Every error of the interface is a problem document (RFC 9457) with a stable `code`. Programs decide by `code`; people read `title` and `whatToDo`.',
    write: errorsTable,
  },
  {
    path: reference('events'),
    title: 'Events',
    introduction:
      'Every event of the log: what is decided is what is stored, pushed, posted and folded. An app receives the events whose scope it holds; the personal fields come only with the personal scope.',
    write: eventsTable,
  },
  {
    path: reference('operations'),
    title: 'Operations',
    introduction:
      'Every operation of the REST interface under `/v1`, with the scope that its token needs. Our own console uses these and no others. The exact schemas are in `/v1/openapi.json`, rendered at `/docs`.',
    write: operationsTable,
  },
  {
    path: reference('scopes'),
    title: 'Scopes',
    introduction: "What a token may do. A token made without `--scopes` gets those of its holder's role.",
    write: scopesTable,
  },
  {
    path: reference('configuration'),
    title: 'Configuration',
    introduction:
      'The first table: settings of the server, from `DUOKE_*` variables or the options of `duoke serve`. A malformed or unknown `DUOKE_*` variable stops the start and is named. The second: what belongs to an organization, in the document of `duoke apply` and `POST /v1/configuration`. A field that is left out keeps what is there.',
    write: configurationTable,
  },
  {
    path: reference('app-pushes'),
    title: 'Pushes to apps',
    introduction:
      "What an app's server receives is what WeChat would have sent it: the same fields and MsgId, signed with the app's own token, in its own mode and format. `duoke_role=responder` in the query says that an answer may count (`standby`: it is dropped). An app has the push when it answers with status 200; everything else is repeated. It is pushed what its scopes cover: messages with `messages:read`, sessions (`kf_create_session`, `kf_switch_session`, `kf_close_session`) with that, `sessions:manage` or `conversations:read`. With `echo`, answers of agents and other apps come as the event `duoke_answer`. A suspended app is not asked; when it recovers it is pushed everything that it missed, in order. `GET /v1/apps/{id}/deliveries` says what became of each push and of each answer. Push addresses on private networks must be allowed by the operator with `DUOKE_EGRESS_ALLOW`; on the internet only the ports 80 and 443 are pushed to.",
    write: limitsTable,
  },
  {
    path: reference('commands'),
    title: 'Commands',
    introduction: 'The `duoke` command; in this repository `npx duoke …`.',
    write: commandsTable,
  },
  {
    path: reference('faults'),
    title: 'Faults',
    introduction:
      'What can go wrong, what must happen then, and the tests that make it happen. A test names the row in its title; `npm test -- --grep F26` runs those of one row.',
    write: () => faultsTable(faults, namedTests()),
  },
]

export function namedTests(): NamedTest[] {
  const paths = listPaths().filter((path) => /\.test\.tsx?$/.test(path) && !path.startsWith('test/'))
  return readTexts(paths).flatMap(({ path, text }) => titlesIn(path, text))
}

function yes(value: boolean): string {
  return value ? 'yes' : 'no'
}

function errorsTable(): string {
  const rows = Object.entries(errors).map(([name, entry]) => [
    code(name),
    String(entry.status),
    entry.sentence,
    entry.whatToDo,
    yes(entry.retryable),
    yes(entry.reportable),
  ])
  return table(
    [
      'Code',
      'Status',
      'What happened',
      'What to do',
      'The same request may succeed later',
      'An operator should hear of it',
    ],
    rows,
  )
}

type EventEntry = {
  version: number
  scope: string
  summary: string
  facts: unknown
  personal?: unknown
  personalScope?: string
}

function eventsTable(): string {
  const rows = Object.entries<EventEntry>(events).map(([name, event]) => [
    code(name),
    String(event.version),
    event.summary,
    code(event.scope),
    fieldNames(event.facts),
    event.personal === undefined ? '' : `${fieldNames(event.personal)} (${code(event.personalScope ?? event.scope)})`,
  ])
  return table(['Event', 'Version', 'When', 'Scope', 'Facts', 'Personal fields (scope)'], rows)
}

function operationsTable(): string {
  const all = Object.entries<OperationDeclaration>(operations)
  const tags = [...new Set(all.map(([, operation]) => operation.tag))]
  const sections = tags.map((tag) => {
    const rows = all
      .filter(([, operation]) => operation.tag === tag)
      .map(([name, operation]) => [
        code(`${operation.method} ${operation.path}`),
        code(name),
        operation.summary,
        operation.scope === null ? 'no token' : code(operation.scope),
        String(operation.status),
        operation.errors.map(code).join(', '),
      ])
    return `## ${tag}\n\n${table(['Request', 'Name', 'What it does', 'Scope', 'Status', 'Own errors'], rows)}`
  })
  return sections.join('\n\n')
}

function scopesTable(): string {
  const roles = Object.entries<readonly string[]>(scopesOfRole)
  const rows = Object.entries(scopes).map(([name, sentence]) => [
    code(name),
    sentence,
    roles
      .filter(([, granted]) => granted.includes(name))
      .map(([role]) => role)
      .join(', '),
  ])
  return table(['Scope', 'Allows to', 'Roles that have it'], rows)
}

function limitsTable(): string {
  const rows = Object.entries(publishedLimits).map(([name, { value, sentence }]) => [
    code(name),
    String(value),
    sentence,
  ])
  return table(['Limit', 'Value', 'Meaning'], rows)
}

function configurationTable(): string {
  const rows = Object.values(settings).map((setting) => [
    code(setting.variable),
    setting.type,
    setting.fallback === null || setting.fallback === '' ? '' : code(setting.fallback),
    yes(setting.secret),
    setting.sentence,
  ])
  const server = table(['Variable', 'Type', 'Default', 'Secret', 'Meaning'], rows)
  return `${server}\n\n## The document of \`duoke apply\`\n\n${documentTable(ConfigurationDocument)}`
}
