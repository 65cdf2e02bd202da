/** What WeChat accepts as temporary media (protocol reference, section 6.1). Files are known by content, not by name. */

export const MEDIA_TYPES = ['image', 'voice', 'video', 'thumb'] as const
export type MediaType = (typeof MEDIA_TYPES)[number]

export interface MediaFile {
  bytes: Uint8Array
  contentType: string
  extension: string
  /** Length of a voice; 0 for everything else. */
  seconds: number
}

export type CheckedFile = { kind: 'file'; file: MediaFile } | { kind: 'refused'; errcode: number }

interface MediaLimit {
  maxBytes: number
  tooLarge: number
  extensions: readonly string[]
}

const MB = 1024 * 1024
/** Images: the parameter table's 10 MB, not the 2 MB of the same page's notes; a measured upload of 10 MB went through. */
const LIMITS: Record<MediaType, MediaLimit> = {
  image: { maxBytes: 10 * MB, tooLarge: 40009, extensions: ['png', 'jpg', 'gif'] },
  voice: { maxBytes: 2 * MB, tooLarge: 40010, extensions: ['amr', 'mp3'] },
  video: { maxBytes: 10 * MB, tooLarge: 40011, extensions: ['mp4'] },
  thumb: { maxBytes: 64 * 1024, tooLarge: 40012, extensions: ['jpg'] },
}
export const LARGEST_UPLOAD_BYTES = 10 * MB
const MAX_VOICE_SECONDS = 60

export function isMediaType(text: string): text is MediaType {
  return MEDIA_TYPES.some((type) => type === text)
}

export function checkMediaFile(type: MediaType, bytes: Uint8Array): CheckedFile {
  const limit = LIMITS[type]
  if (bytes.length === 0) return { kind: 'refused', errcode: 44001 }
  const format = recognise(bytes)
  if (!format || !limit.extensions.includes(format.extension)) return { kind: 'refused', errcode: 40005 }
  if (bytes.length > limit.maxBytes) return { kind: 'refused', errcode: limit.tooLarge }
  const seconds = type === 'voice' ? voiceSeconds(format.extension, bytes) : 0
  if (seconds > MAX_VOICE_SECONDS) return { kind: 'refused', errcode: 45007 }
  return { kind: 'file', file: { bytes, ...format, seconds } }
}

interface FileFormat {
  extension: string
  contentType: string
}

function recognise(bytes: Uint8Array): FileFormat | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return { extension: 'png', contentType: 'image/png' }
  if (head.startsWith('\xff\xd8\xff')) return { extension: 'jpg', contentType: 'image/jpeg' }
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return { extension: 'gif', contentType: 'image/gif' }
  if (head.startsWith('#!AMR\n')) return { extension: 'amr', contentType: 'audio/amr' }
  if (head.slice(4, 8) === 'ftyp') return { extension: 'mp4', contentType: 'video/mp4' }
  if (head.startsWith('ID3') || isMp3Frame(bytes, 0)) return { extension: 'mp3', contentType: 'audio/mpeg' }
  return undefined
}

function voiceSeconds(extension: string, bytes: Uint8Array): number {
  return extension === 'amr' ? amrSeconds(bytes) : mp3Seconds(bytes)
}

/** Bytes after the header byte of a frame, by AMR-NB frame type; every frame lasts 20 ms. */
const AMR_FRAME_BYTES = [12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0]
const AMR_HEADER_BYTES = 6

function amrSeconds(bytes: Uint8Array): number {
  let frames = 0
  for (let at = AMR_HEADER_BYTES; at < bytes.length; frames++) {
    const frameType = ((bytes[at] ?? 0) >> 3) & 15
    at += 1 + (AMR_FRAME_BYTES[frameType] ?? 0)
  }
  return frames / 50
}

const MP3_KBPS_V1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0]
const MP3_KBPS_V2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0]
const MP3_RATES_V1 = [44100, 48000, 32000]

function isMp3Frame(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xff && ((bytes[at + 1] ?? 0) & 0xe6) === 0xe2
}

/** Walks the layer III frames; anything between them (tags, padding) is skipped byte by byte. */
function mp3Seconds(bytes: Uint8Array): number {
  let seconds = 0
  let at = 0
  while (at + 4 <= bytes.length) {
    const frame = isMp3Frame(bytes, at) ? mp3Frame(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0) : undefined
    if (frame) seconds += frame.seconds
    at += frame ? frame.bytes : 1
  }
  return seconds
}

function mp3Frame(second: number, third: number): { bytes: number; seconds: number } | undefined {
  const version = (second >> 3) & 3
  const isVersion1 = version === 3
  const kbps = (isVersion1 ? MP3_KBPS_V1 : MP3_KBPS_V2)[third >> 4] ?? 0
  const baseRate = MP3_RATES_V1[(third >> 2) & 3]
  if (kbps === 0 || baseRate === undefined || version === 1) return undefined
  const rate = isVersion1 ? baseRate : version === 2 ? baseRate / 2 : baseRate / 4
  const samples = isVersion1 ? 1152 : 576
  return { bytes: Math.floor((samples * kbps * 125) / rate) + ((third >> 1) & 1), seconds: samples / rate }
}
