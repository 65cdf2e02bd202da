import { ClientFrame, closeCodes, events, ServerFrame } from '@duoke/contract'
import { schemasOf, withReferences } from './openapi.ts'

/** The AsyncAPI 3.0 document of the stream: frames in both directions, and every event of the log. */
export function asyncApiDocument(version: string, origin: string): Record<string, unknown> {
  const { host, protocol } = new URL(origin)
  const messages = Object.fromEntries(
    Object.entries(events).map(([type, { summary, facts, scope, ...rest }]) => [
      type,
      {
        name: type,
        summary,
        description: `Seen with the scope \`${scope}\`.${'personalScope' in rest ? ` Personal fields with \`${rest.personalScope}\`.` : ''}`,
        payload: {
          type: 'object',
          properties: {
            type: { const: type },
            facts: withReferences(facts),
            ...('personal' in rest && { personal: withReferences(rest.personal) }),
          },
        },
      },
    ]),
  )
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Duoke 多客',
      version,
      description: `Close codes: ${Object.entries(closeCodes)
        .map(([name, code]) => `${code} ${name}`)
        .join(', ')}.`,
    },
    servers: { this: { host, protocol: protocol === 'https:' ? 'wss' : 'ws' } },
    channels: {
      stream: {
        address: '/v1/stream',
        messages: {
          clientFrame: { payload: withReferences(ClientFrame) },
          serverFrame: { payload: withReferences(ServerFrame) },
          ...Object.fromEntries(Object.keys(messages).map((type) => [type, { $ref: `#/components/messages/${type}` }])),
        },
      },
    },
    operations: {
      sendFrames: {
        action: 'receive',
        channel: { $ref: '#/channels/stream' },
        messages: [{ $ref: '#/channels/stream/messages/clientFrame' }],
      },
      receiveFrames: {
        action: 'send',
        channel: { $ref: '#/channels/stream' },
        messages: [{ $ref: '#/channels/stream/messages/serverFrame' }],
      },
    },
    components: { messages, schemas: schemasOf() },
  }
}
