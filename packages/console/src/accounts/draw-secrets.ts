const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** As WeChat's console asks for them: a Token of 3 to 32 letters and digits, an EncodingAESKey of 43. */
export const tokenLength = 32
export const encodingAesKeyLength = 43

/** Every letter and digit is as likely as every other: bytes beyond a multiple of their number are thrown away. */
export function drawLetters(length: number, draw: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): string {
  const fair = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    for (const byte of draw(new Uint8Array(length))) {
      if (byte < fair && text.length < length) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}
