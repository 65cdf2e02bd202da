import type { AccountSettings } from './account.ts'
import type { ChatEntry } from './chat.ts'
import type { Follower } from './follower.ts'
import type { StoredMedia } from './media.ts'
import type { QrCode } from './qr-codes.ts'
import type { Tag } from './tags.ts'

/** All of a world that outlives its process. Tokens do not: a server whose token is unknown fetches a new one. */
export interface WorldSnapshot {
  version: 1
  accounts: AccountSettings[]
  followers: Follower[]
  /** In the order of `followers`. */
  chats: ChatEntry[][]
  media: Omit<StoredMedia, 'bytes'>[]
  qrCodes: QrCode[]
  /** Absent in files of an earlier version. */
  tags?: Tag[]
}

/** Only this program writes the file; the version and the outer shape are what could differ. */
export function isWorldSnapshot(value: unknown): value is WorldSnapshot {
  if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== 1) return false
  return ['accounts', 'followers', 'chats', 'media', 'qrCodes'].every((name) =>
    Array.isArray(Object.getOwnPropertyDescriptor(value, name)?.value),
  )
}
