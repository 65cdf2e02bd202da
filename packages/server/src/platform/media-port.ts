import type { Readable } from 'node:stream'
import type { MediaInfo } from '@duoke/contract'
import type { Upload } from '../http/handler.ts'

/** Where the bytes of messages are. The channel fetches what customers sent, and takes what agents upload. */
export type MediaPort = {
  /** Keeps a file to be sent. @throws Refused with `unsupported_media_type` or `payload_too_large` */
  upload(org: string, file: Upload): Promise<MediaInfo>
  /** `playable`: a voice as browsers play it, where that can be made. */
  open(org: string, mediaId: string, form?: MediaForm): Promise<OpenedMedia | null>
}

export type MediaForm = 'original' | 'playable'

export type OpenedMedia =
  | { readonly state: 'stored'; readonly contentType: string; readonly sizeBytes: number; readonly bytes: Readable }
  | { readonly state: 'pending' }
  | { readonly state: 'expired' }
