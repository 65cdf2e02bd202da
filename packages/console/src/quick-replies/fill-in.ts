import type { Conversation, QuickReplyPart, QuickReplyVariable } from '@duoke/contract'

export type Values = Readonly<Record<QuickReplyVariable, string>>

export function valuesFor(conversation: Conversation, agentName: string, organizationName: string): Values {
  return {
    customer: conversation.customer.name,
    agent: agentName,
    account: conversation.account.name,
    organization: organizationName,
  }
}

/** Puts what is known in the places of `{{…}}`; anything else stays as it was written. */
export function fillIn(part: QuickReplyPart, values: Values): QuickReplyPart {
  if (part.type !== 'text') return part
  const text = part.text.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) =>
    isVariable(name, values) ? values[name] : whole,
  )
  return { type: 'text', text }
}

const isVariable = (name: string, values: Values): name is QuickReplyVariable => Object.hasOwn(values, name)
