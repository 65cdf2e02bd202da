import {
  Account,
  Actor,
  Agent,
  ConfigurationChange,
  ConfigurationDocument,
  Content,
  Conversation,
  Customer,
  DecisionRecord,
  Delivery,
  errors,
  Holder,
  Me,
  MediaInfo,
  Message,
  type OperationDeclaration,
  OutgoingContent,
  operations,
  PublicEvent,
  Quota,
  RecordEntry,
  scopes,
  Team,
  TokenInfo,
} from '@duoke/contract'

type Json = Record<string, unknown>

/** Schemas with a name of their own in the printed documents; the same object in the contract is the same name here. */
const named = new Map<unknown, string>(
  Object.entries({
    Account,
    Actor,
    Agent,
    ConfigurationChange,
    ConfigurationDocument,
    Content,
    Conversation,
    Customer,
    DecisionRecord,
    Delivery,
    Holder,
    Me,
    MediaInfo,
    Message,
    OutgoingContent,
    PublicEvent,
    Quota,
    RecordEntry,
    Team,
    TokenInfo,
  }).map(([name, schema]) => [schema, name]),
)

/** The OpenAPI 3.1 document of the REST interface, printed from the table of operations. */
export function openApiDocument(version: string, origin: string): Json {
  const paths: Record<string, Json> = {}
  for (const [id, operation] of Object.entries(operations)) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: operationObject(id, operation),
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Duoke 多客',
      version,
      description: 'An open, self-hosted multi-agent customer-service platform for WeChat accounts.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: origin }],
    security: [{ token: [] }, { cookie: [] }],
    tags: [...new Set(Object.values(operations).map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...schemasOf(), Problem: problemSchema },
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: Object.entries(scopes)
            .map(([name, what]) => `\`${name}\`: ${what}`)
            .join('\n'),
        },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: 'duoke_session',
          description: 'Of a signed-in agent; `__Host-duoke_session` on https',
        },
      },
    },
  }
}

export function schemasOf(): Json {
  return Object.fromEntries([...named].map(([schema, name]) => [name, withReferences(schema, name)]))
}

/** A schema in which the named ones inside are references. */
export function withReferences(schema: unknown, self?: string): unknown {
  const name = named.get(schema)
  if (name !== undefined && name !== self) return { $ref: `#/components/schemas/${name}` }
  if (Array.isArray(schema)) return schema.map((inner) => withReferences(inner))
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(Object.entries(schema).map(([key, inner]) => [key, withReferences(inner)]))
}

function operationObject(id: string, operation: OperationDeclaration): Json {
  const { tag, summary, scope, method, upload, takes, body } = operation
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
  const parameters = [
    ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string', maxLength: 80 } })),
    ...queryParameters(operation.query),
    ...(method === 'GET' || takes ? [] : [idempotencyParameter]),
  ]
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: scope === null ? 'Needs no token.' : `Needs the scope \`${scope}\`.`,
    ...(scope === null ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(upload ? { requestBody: uploadBody } : {}),
    ...(takes ? { requestBody: fileBody(takes) } : {}),
    ...(body === undefined ? {} : { requestBody: jsonBody(body) }),
    responses: { [operation.status]: success(operation), ...failures(operation) },
  }
}

function queryParameters(query: unknown): Json[] {
  if (typeof query !== 'object' || query === null || !('properties' in query)) return []
  const needed = 'required' in query && Array.isArray(query.required) ? query.required : []
  return Object.entries(query.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: needed.includes(name),
    schema: withReferences(schema),
  }))
}

const idempotencyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', minLength: 1, maxLength: 200 },
  description: 'The same key with the same body is carried out once and answered alike.',
}
const uploadBody = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
    },
  },
}
const fileBody = (type: string) => ({
  required: true,
  content: { [type]: { schema: { type: 'string', format: 'binary' } } },
})
const jsonBody = (schema: unknown) => ({
  required: true,
  content: { 'application/json': { schema: withReferences(schema) } },
})

function success({ response, binary, snapshot, status }: OperationDeclaration): Json {
  const headers = snapshot
    ? { 'Duoke-Cursor': { schema: { type: 'string' }, description: 'Follow the events behind it.' } }
    : undefined
  const content = binary
    ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
    : response === undefined
      ? undefined
      : { 'application/json': { schema: withReferences(response) } }
  return {
    description: status === 204 ? 'Done; no body.' : 'Done.',
    ...(headers && { headers }),
    ...(content && { content }),
  }
}

/** Codes that any operation may answer, beside its own. */
const everywhere = [
  'invalid_request',
  'unauthenticated',
  'insufficient_scope',
  'too_many_requests',
  'internal',
  'overloaded',
  'database_unavailable',
] as const

function failures(operation: OperationDeclaration): Json {
  const codes = new Set([...operation.errors, ...everywhere])
  if (operation.scope === null)
    for (const code of ['unauthenticated', 'insufficient_scope'] as const) codes.delete(code)
  const byStatus = Object.groupBy(codes, (code) => String(errors[code].status))
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, list]) => [
      status,
      {
        description: (list ?? []).map((code) => `\`${code}\`: ${errors[code].sentence}`).join('\n'),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

const problemSchema = {
  type: 'object',
  required: ['type', 'status', 'title', 'code', 'whatToDo', 'retryable'],
  properties: {
    type: { type: 'string' },
    status: { type: 'integer' },
    title: { type: 'string' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(errors) },
    whatToDo: { type: 'string' },
    retryable: { type: 'boolean' },
    traceId: { type: 'string' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } },
    },
    holder: {},
  },
}
