import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * A cursor is a position of an organization's log with the log's epoch, opaque to clients and protected by a MAC:
 * restoring a backup starts a new epoch, so that a reader learns of the rewind instead of silently missing events (F25, F71).
 */
export type Cursors = {
  encode(epoch: string, position: number): string
  /** Position behind which to go on, or null when the cursor is forged, damaged or of another epoch. */
  decode(epoch: string, cursor: string): number | null
}

const macBytes = 9

/** @param key at least 32 secret bytes, the same on every server of the installation */
export function createCursors(key: Uint8Array): Cursors {
  const mac = (epoch: string, position: number) =>
    createHmac('sha256', key).update(`cursor\n${epoch}\n${position}`).digest().subarray(0, macBytes)
  return {
    encode(epoch, position) {
      return `${position.toString(36)}.${mac(epoch, position).toString('base64url')}`
    },
    decode(epoch, cursor) {
      const match = /^([0-9a-z]{1,11})\.([A-Za-z0-9_-]{12})$/.exec(cursor)
      if (match === null) return null
      const [, digits = '', given = ''] = match
      const position = Number.parseInt(digits, 36)
      // One position has one cursor: nobody may take two for different ones.
      if (!Number.isSafeInteger(position) || position.toString(36) !== digits) return null
      return timingSafeEqual(Buffer.from(given, 'base64url'), mac(epoch, position)) ? position : null
    },
  }
}
