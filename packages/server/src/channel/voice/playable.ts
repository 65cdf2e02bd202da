import type { MediaStore } from '../media-store.ts'
import type { MediaTable } from '../media-table.ts'
import { toWav } from './to-wav.ts'

export type PlayablePorts = {
  readonly table: Pick<MediaTable, 'setPlayable'>
  readonly files: Pick<MediaStore, 'put'>
}
type Voice = { readonly organizationId: string; readonly mediaId: string }

/** Keeps a voice in a form that browsers play, beside what was sent; null where there is none to be had. */
export async function keepPlayable(ports: PlayablePorts, voice: Voice, amr: Uint8Array): Promise<Uint8Array | null> {
  const wav = await toWav(amr)
  if (wav === null) return null
  const { sha256 } = await ports.files.put(voice.organizationId, wav)
  await ports.table.setPlayable(voice.organizationId, voice.mediaId, sha256)
  return wav
}
