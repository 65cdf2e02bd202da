import { signatureMatches } from '../crypto/signature.ts'
import { type PushCredentials, type PushQuery, queryText } from './credentials.ts'

export type Verification =
  | { readonly ok: true; readonly echo: string }
  | { readonly ok: false; readonly reason: 'not-signed' | 'wrong-signature' | 'no-echo' }

/** Answers WeChat's GET when the address is set. `echostr` is never encrypted here (protocol reference, 1.2). */
export function answerVerification(credentials: Pick<PushCredentials, 'tokens'>, query: PushQuery): Verification {
  const given = queryText(query, 'signature')
  const timestamp = queryText(query, 'timestamp') ?? ''
  const nonce = queryText(query, 'nonce') ?? ''
  let genuine = false
  for (const token of credentials.tokens) {
    const matches = signatureMatches(given, token, timestamp, nonce)
    genuine = (matches && token !== '') || genuine
  }
  if (given === undefined) return { ok: false, reason: 'not-signed' }
  if (!genuine) return { ok: false, reason: 'wrong-signature' }
  const echo = queryText(query, 'echostr')
  return echo === undefined ? { ok: false, reason: 'no-echo' } : { ok: true, echo }
}
