import { Type } from 'typebox'
import { FairnessReport } from '../fairness-resources.ts'
import { StaffingForecast } from '../forecast-resources.ts'
import { HolidaysOfYear } from '../hours.ts'
import { RulesPreview } from '../preview-resources.ts'
import { GivenOverride } from '../rules.ts'
import {
  CheckedRules,
  DecisionEntry,
  PublishedRules,
  RulesInForce,
  RulesOverride,
  RulesVersion,
  Waiting,
} from '../rules-resources.ts'
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
  previewRules: declare({
    method: 'POST',
    path: '/v1/rules/preview',
    tag: 'rules',
    scope: 'decisions:read',
    status: 200,
    summary: 'What a rules document would have made of a period of the log; ends when the client goes away',
    body: Type.Object(
      {
        ...given,
        from: Type.String({ maxLength: 40, description: 'RFC 3339 instant' }),
        to: Type.String({ maxLength: 40, description: 'RFC 3339 instant, not included' }),
        seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295, default: 1 })),
        withinMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400_000, default: 30_000 })),
        starvationMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 604_800_000, default: 600_000 })),
      },
      strict,
    ),
    response: RulesPreview,
    errors: ['invalid_request', 'invalid_configuration', 'preview_too_large'],
  }),
  getFairness: declare({
    method: 'GET',
    path: '/v1/fairness',
    tag: 'rules',
    scope: 'decisions:read',
    status: 200,
    summary: 'How evenly the rules gave sessions in a period, and in which turn customers were served',
    query: Type.Object(
      {
        from: Type.String({ maxLength: 40, description: 'RFC 3339 instant' }),
        to: Type.String({ maxLength: 40, description: 'RFC 3339 instant, not included' }),
      },
      strict,
    ),
    response: FairnessReport,
    errors: ['invalid_request', 'preview_too_large'],
  }),
  getForecast: declare({
    method: 'GET',
    path: '/v1/forecast',
    tag: 'rules',
    scope: 'decisions:read',
    status: 200,
    summary: 'How many agents each interval of a day needs, by what came in a period of the log and Erlang A',
    query: Type.Object(
      {
        from: Type.String({ maxLength: 40, description: 'RFC 3339 instant' }),
        to: Type.String({ maxLength: 40, description: 'RFC 3339 instant, not included' }),
        interval: Type.Optional(
          Type.Union([Type.Literal('15'), Type.Literal('30'), Type.Literal('60')], {
            default: '30',
            description: 'Minutes',
          }),
        ),
        team: Type.Optional(Id),
        account: Type.Optional(Id),
        withinMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400_000, default: 30_000 })),
        answered: Type.Optional(
          Type.Number({
            minimum: 0,
            maximum: 0.999,
            description:
              'So large a share of all who come is to be served within `withinMs`; 0.8 where no target is given',
          }),
        ),
        abandoned: Type.Optional(
          Type.Number({
            minimum: 0.001,
            maximum: 1,
            description: 'No larger share of all who come is to leave unserved',
          }),
        ),
        concurrency: Type.Optional(
          Type.Number({
            minimum: 0.1,
            maximum: 1000,
            description:
              'Sessions that an agent serves at the same time; left out: the mean capacity of the agents now',
          }),
        ),
        shrinkage: Type.Optional(
          Type.Number({
            minimum: 0,
            maximum: 0.9,
            default: 0,
            description: 'Share of the time on shift in which an agent is not online: 0.3 is three tenths',
          }),
        ),
        holidays: Type.Optional(
          Type.Union([Type.Literal('cn'), Type.Literal('none')], {
            default: 'cn',
            description:
              "Whether China's official holidays and made-up working days (调休) are kinds of day of their own",
          }),
        ),
      },
      strict,
    ),
    response: StaffingForecast,
    errors: ['invalid_request', 'preview_too_large'],
  }),
  listHolidays: declare({
    method: 'GET',
    path: '/v1/holidays',
    tag: 'rules',
    scope: 'decisions:read',
    status: 200,
    summary:
      "China's official holidays of a year and the working days made up for them (调休), as `holidays: cn` of hours counts",
    query: Type.Object({ year: Type.Integer({ minimum: 2000, maximum: 2100 }) }, strict),
    response: HolidaysOfYear,
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
  approveRules: declare({
    method: 'POST',
    path: '/v1/rules/versions/{version}/approve',
    tag: 'rules',
    scope: 'configuration:manage',
    status: 200,
    summary: 'Approve the version that waits for it; for an administrator other than its author',
    response: PublishedRules,
    errors: ['not_found', 'not_permitted'],
  }),
  rejectRules: declare({
    method: 'POST',
    path: '/v1/rules/versions/{version}/reject',
    tag: 'rules',
    scope: 'configuration:manage',
    status: 200,
    summary: 'Reject the version that waits for approval, or take back an own one',
    body: Type.Object({ reason }, strict),
    response: PublishedRules,
    errors: ['not_found', 'not_permitted'],
  }),
  overrideRules: declare({
    method: 'POST',
    path: '/v1/rules/override',
    tag: 'rules',
    scope: 'configuration:manage',
    status: 200,
    summary:
      'Break glass: what new sessions are asked for instead of what the rules say, with a reason, until it expires',
    body: Type.Object(
      {
        ...GivenOverride.properties,
        reason,
        expiresAt: Type.String({ maxLength: 40, description: 'RFC 3339 instant' }),
      },
      strict,
    ),
    response: RulesOverride,
    errors: ['invalid_request', 'invalid_configuration', 'not_permitted'],
  }),
  endRulesOverride: declare({
    method: 'DELETE',
    path: '/v1/rules/override',
    tag: 'rules',
    scope: 'configuration:manage',
    status: 204,
    summary: 'End the override of the rules before it expires',
    errors: ['not_found', 'not_permitted'],
  }),
  listRulesOverrides: declare({
    method: 'GET',
    path: '/v1/rules/overrides',
    tag: 'rules',
    scope: 'decisions:read',
    status: 200,
    summary: 'Every override of the rules, newest first, with how many decisions it made',
    query: PageQuery,
    response: Page(RulesOverride),
    errors: ['invalid_request'],
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
