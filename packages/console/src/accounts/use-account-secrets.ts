import { useState } from 'react'
import { drawLetters, encodingAesKeyLength, tokenLength } from './draw-secrets.ts'

export type PushSecrets = { readonly token: string; readonly encodingAesKey: string }

const draw = (length: number) => drawLetters(length, (bytes) => crypto.getRandomValues(bytes))

/** A Token and an EncodingAESKey that nobody has seen yet. */
export function usePushSecrets(): PushSecrets {
  const [secrets] = useState(() => ({ token: draw(tokenLength), encodingAesKey: draw(encodingAesKeyLength) }))
  return secrets
}
