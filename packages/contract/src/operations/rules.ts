import { Type } from 'typebox'
import { CheckedRules, DecisionEntry, PublishedRules, RulesInForce, RulesVersion, Waiting } from '../rules-resources.ts'
import { declare, Id, Page, PageQuery, page, strict } from './declaration.ts'

const given = {
  text: Type.Optional(
    Type.String({
      maxLength: 200_000,
      description: 'The document as JSON or YAML: findings then have line and column',
    }),
  ),
  document: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'Or as an object' })),
}
const reason = Type.String({ minLength: 1, maxLength: 500, description: 'Why it is published; kept with the version' })
const instant = Type.Optional(Type.String({ maxLength: 40, description: 'RFC 3339 instant' }))

export const rulesOperations = {
  getRules: declare({
    method: 'GET',
    path: '/v1/rules',
    tag: 'rules',
    scope: 'decisions:read',
    status: 200,
    summary: 'The routing rules in effect, and the versions to come',
    response: RulesInForce,
    errors: [],
  }),
  publishRules: declare({
    method: 'PUT',
    path: '/v1/rules',
    tag: 'rules',
    scope: 'configuration:manage',
    status: 200,
    summary: 'Publish a version of the routing rules, in effect at once or from a moment to come',
    body: Type.Object(
      {
        ...given,
        reason,
        effectiveAt: instant,
        basedOn: Type.Optional(
          Type.Integer({
            minimum: 0,
            description: 'The newest version that the author has seen; another one is refused',
          }),
        ),
      },
      strict,
    ),
    response: PublishedRules,
    errors: ['invalid_request', 'invalid_configuration', 'changed_meanwhile'],
  }),
  validateRules: declare({
    method: 'POST',
    path: '/v1/rules/validate',
    tag: 'rules',
    scope: 'decisions:read',
    status: 200,
    summary: 'What is wrong or doubtful in a rules document, each finding with its place; nothing is changed',
    body: Type.Object(given, strict),
    response: CheckedRules,
    errors: ['invalid_request'],
  }),
  revertRules: declare({
    method: 'POST',
    path: '/v1/rules/revert',
    tag: 'rules',
    scope: 'configuration:manage',
    status: 200,
    summary: 'Publish an earlier version anew; 0 is what held before any was published',
    body: Type.Object({ version: Type.Integer({ minimum: 0 }), reason }, strict),
    response: PublishedRules,
    errors: ['not_found', 'invalid_configuration'],
  }),
  listRulesVersions: declare({
    method: 'GET',
    path: '/v1/rules/versions',
    tag: 'rules',
    scope: 'decisions:read',
    status: 200,
    summary: 'Published versions, newest first',
    query: PageQuery,
    response: Page(RulesVersion),
    errors: ['invalid_request'],
  }),
  getRulesVersion: declare({
    method: 'GET',
    path: '/v1/rules/versions/{version}',
    tag: 'rules',
    scope: 'decisions:read',
    status: 200,
    summary: 'One version with its document, and what it changed',
    response: PublishedRules,
    errors: ['not_found'],
  }),
  getWaiting: declare({
    method: 'GET',
    path: '/v1/conversations/{conversationId}/waiting',
    tag: 'conversations',
    scope: 'decisions:read',
    status: 200,
    summary: 'Why a customer waits: the place in the queue, an honest range of time, and the last decision',
    response: Waiting,
    errors: ['not_found'],
  }),
  listDecisions: declare({
    method: 'GET',
    path: '/v1/decisions',
    tag: 'conversations',
    scope: 'decisions:read',
    status: 200,
    summary: 'Decisions, newest first: why an agent got a customer or not, by agent, customer and time',
    query: Type.Object(
      {
        ...page,
        agent: Type.Optional(Id),
        customer: Type.Optional(Id),
        conversation: Type.Optional(Id),
        from: instant,
        to: instant,
      },
      strict,
    ),
    response: Page(DecisionEntry),
    errors: ['invalid_request'],
  }),
} as const
