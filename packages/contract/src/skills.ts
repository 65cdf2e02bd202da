import { type Static, Type } from 'typebox'

export const skillPattern = '^[A-Za-z0-9\\u4e00-\\u9fff][A-Za-z0-9\\u4e00-\\u9fff_-]{0,31}$'

/** What an agent knows and how well: 1 is a beginner, 5 the one whom others ask. */
export const Skills = Type.Record(Type.String({ pattern: skillPattern }), Type.Integer({ minimum: 1, maximum: 5 }), {
  additionalProperties: false,
  description: 'Level of each skill: 1 is a beginner, 5 the one whom others ask',
})
export type Skills = Static<typeof Skills>
