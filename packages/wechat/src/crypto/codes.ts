/** Codes of Tencent's own crypto library (protocol reference, section 1.10). */
export const cryptoCodes = {
  0: 'ok',
  [-40001]: 'signature mismatch',
  [-40002]: 'XML parse failed',
  [-40003]: 'SHA-1 computation failed',
  [-40004]: 'EncodingAESKey illegal',
  [-40005]: 'receive id mismatch',
  [-40006]: 'AES encrypt failed',
  [-40007]: 'AES decrypt failed',
  [-40008]: 'decrypted buffer illegal',
  [-40009]: 'Base64 encode failed',
  [-40010]: 'Base64 decode failed',
  [-40011]: 'XML generation failed',
} as const

export type CryptoCode = keyof typeof cryptoCodes

/** Thrown for a wrong argument of the caller (a bad key, 15 random bytes), never for bad input from outside. */
export class WechatCryptoError extends Error {
  readonly code: CryptoCode

  constructor(code: CryptoCode, detail?: string) {
    super(detail === undefined ? cryptoCodes[code] : `${cryptoCodes[code]}: ${detail}`)
    this.name = 'WechatCryptoError'
    this.code = code
  }
}
