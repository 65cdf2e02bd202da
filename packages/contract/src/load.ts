import { type Static, Type } from 'typebox'
import { Tag, tagPattern } from './customer-settings.ts'

/** Whole numbers, so that loads are added and compared exactly; where something is to count half, the rest counts double. */
export const Weight = Type.Integer({
  minimum: 1,
  maximum: 100,
  description: "How much of an agent's capacity a session takes; 1 when left out",
})

const CustomerKind = Type.Object(
  {
    weight: Type.Optional(Weight),
    most: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1000,
        description:
          'So many sessions with such customers one agent may have at once; left out: as the capacity allows',
      }),
    ),
  },
  { additionalProperties: false },
)

/** What sessions take of the capacity of agents. Of everything that concerns a session the heaviest counts. */
export const LoadSettings = Type.Object(
  {
    accountKinds: Type.Optional(
      Type.Object(
        { 'official-account': Type.Optional(Weight), 'mini-program': Type.Optional(Weight) },
        {
          additionalProperties: false,
          description: 'Sessions on accounts of a kind; an account may have its own weight',
        },
      ),
    ),
    customerKinds: Type.Optional(
      Type.Record(Type.String({ pattern: tagPattern }), CustomerKind, {
        additionalProperties: false,
        maxProperties: 50,
        description: 'Sessions with customers who have that tag',
      }),
    ),
  },
  { additionalProperties: false },
)
export type LoadSettings = Static<typeof LoadSettings>

/** What a session takes for as long as the same holder has it: fixed when the hold begins, whatever is changed meanwhile. */
export const sessionLoad = {
  weight: Type.Optional(Weight),
  kinds: Type.Optional(
    Type.Array(Tag, { description: "The customer's tags that stand in `load.customerKinds`; left out: none" }),
  ),
}
