/** How the stream stands with the server, for a bar on the page that says so. */
export type StreamState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'waiting'; readonly retryAtMs: number }
  | { readonly kind: 'ended'; readonly reason: EndReason }

export type EndReason = 'closed' | 'unauthenticated' | 'insufficient_scope' | 'revoked' | 'protocol' | 'cursor_expired'

/** The close codes after which another attempt would meet the same answer; every other one is worth a reconnect. */
export function endOf(closeCode: number): EndReason | undefined {
  switch (closeCode) {
    case closeCodes.unauthenticated:
      return 'unauthenticated'
    case closeCodes.insufficientScope:
      return 'insufficient_scope'
    case closeCodes.revoked:
      return 'revoked'
    case closeCodes.protocol:
      return 'protocol'
    default:
      return undefined
  }
}

/** As in the contract, whose module would bring its schema library along; a test compares the two. */
export const closeCodes = {
  unauthenticated: 4401,
  insufficientScope: 4403,
  revoked: 4410,
  protocol: 4400,
} as const
