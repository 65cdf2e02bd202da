const header = Buffer.from('#!AMR\n')
/** Bytes behind the head of a frame, by its type (RFC 4867, section 5.3); every frame lasts 20 ms. */
const frameBytes: Readonly<Record<number, number>> = {
  0: 12,
  1: 13,
  2: 15,
  3: 17,
  4: 19,
  5: 20,
  6: 26,
  7: 31,
  8: 5,
  15: 0,
}
/** Ten minutes; WeChat's own limit is one. */
const mostFrames = 30_000

/** Whether it is AMR-NB from the first byte to the last: a decoder made of compiled C is given nothing else. */
export function isWholeAmr(bytes: Uint8Array): boolean {
  if (!header.equals(bytes.subarray(0, header.length))) return false
  let at = header.length
  let frames = 0
  while (at < bytes.length) {
    const head = bytes[at] ?? 0
    const length = frameBytes[(head >> 3) & 0x0f]
    // The highest bit and the two lowest are padding.
    if (length === undefined || (head & 0x83) !== 0 || ++frames > mostFrames) return false
    at += 1 + length
  }
  return at === bytes.length && frames > 0
}
