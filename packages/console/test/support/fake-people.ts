import type { Customer } from '@duoke/contract'
import type { FakeWorld } from './fake-world.ts'

export function customersOf(world: FakeWorld, blocked: string | null): Customer[] {
  return [...world.conversations.values()]
    .filter(({ customer }) => blocked === null || (customer.blocked !== undefined) === (blocked === 'true'))
    .map(({ id, customer, account }) => ({
      ...customer,
      ...{
        accountId: account.id,
        conversationId: id,
        openid: `oLVPpjqs9Bhvz-${id}`,
        profile: {},
        createdAt: world.at(),
      },
    }))
}
