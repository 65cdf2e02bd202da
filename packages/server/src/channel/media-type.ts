/** What a file is by its bytes; a name or a declared type is somebody's claim and is never believed (U4). */
export type MediaType = {
  readonly contentType: string
  /** What WeChat can show it as; null for a file that is only ever downloaded. */
  readonly kind: 'image' | 'voice' | 'video' | null
  readonly extension: string
}

const types = {
  jpeg: { contentType: 'image/jpeg', kind: 'image', extension: 'jpg' },
  png: { contentType: 'image/png', kind: 'image', extension: 'png' },
  gif: { contentType: 'image/gif', kind: 'image', extension: 'gif' },
  webp: { contentType: 'image/webp', kind: 'image', extension: 'webp' },
  amr: { contentType: 'audio/amr', kind: 'voice', extension: 'amr' },
  mp3: { contentType: 'audio/mpeg', kind: 'voice', extension: 'mp3' },
  mp4: { contentType: 'video/mp4', kind: 'video', extension: 'mp4' },
  other: { contentType: 'application/octet-stream', kind: null, extension: 'bin' },
} as const satisfies Record<string, MediaType>

export function mediaTypeOf(bytes: Uint8Array): MediaType {
  const starts = (text: string, at = 0) =>
    bytes.length >= at + text.length && [...text].every((character, i) => bytes[at + i] === character.charCodeAt(0))
  if (starts('\xff\xd8\xff')) return types.jpeg
  if (starts('\x89PNG\r\n\x1a\n')) return types.png
  if (starts('GIF87a') || starts('GIF89a')) return types.gif
  if (starts('RIFF') && starts('WEBP', 8)) return types.webp
  if (starts('#!AMR\n') || starts('#!AMR-WB\n')) return types.amr
  if (starts('ID3') || isMpegFrame(bytes)) return types.mp3
  return starts('ftyp', 4) ? types.mp4 : types.other
}

/** An MP3 without a tag begins with a frame: eleven set bits, then layer III and no reserved rate. */
function isMpegFrame([sync, version = 0, rates = 0]: Uint8Array): boolean {
  if (sync !== 0xff || (version & 0xe6) !== 0xe2) return false
  return (version & 0x18) !== 0x08 && (rates & 0xf0) !== 0xf0 && (rates & 0x0c) !== 0x0c
}

/** An error page or a JSON answer where a file was expected. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1').trimStart()
  return head.startsWith('<') || head.startsWith('{')
}
