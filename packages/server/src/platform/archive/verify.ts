import { Value } from 'typebox/value'
import { archiveFormat, archiveVersion, damaged, digestOf, foreign, Manifest, manifestPath } from './format.ts'
import type { ArchiveSource } from './source.ts'

export type VerifiedArchive = {
  readonly manifest: Manifest
  /** SHA-256 of the manifest, which names that of every file: the whole archive in one number. */
  readonly hash: string
}

/** Reads all of an archive once: every file is there, none is too many, and each is as it was written. */
export async function verifyArchive(source: ArchiveSource): Promise<VerifiedArchive> {
  const seen = new Map<string, { bytes: number; sha256: string }>()
  let manifest: Buffer | undefined
  for await (const { path, bytes } of source.files()) {
    if (seen.has(path) || (path === manifestPath && manifest !== undefined)) throw damaged(`it holds ${path} twice`)
    if (path === manifestPath) manifest = bytes
    else seen.set(path, { bytes: bytes.length, sha256: digestOf(bytes) })
  }
  if (manifest === undefined) throw seen.size === 0 ? foreign('it is empty') : damaged(`its ${manifestPath} is missing`)
  const parsed = readManifest(manifest)
  for (const file of parsed.files) {
    const there = seen.get(file.path)
    if (there === undefined) throw damaged(`${file.path} is missing`)
    if (there.bytes !== file.bytes || there.sha256 !== file.sha256)
      throw damaged(`${file.path} is not as it was written`)
    seen.delete(file.path)
  }
  const [extra] = seen.keys()
  if (extra !== undefined) throw damaged(`${extra} is not in its manifest`)
  return { manifest: parsed, hash: digestOf(manifest) }
}

function readManifest(bytes: Buffer): Manifest {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw damaged(`${manifestPath} is no JSON`, error)
  }
  const { format, version } = Object(value)
  if (format !== archiveFormat) throw foreign(`its ${manifestPath} is another program's`)
  if (version !== archiveVersion) throw foreign(`its version is ${JSON.stringify(version)}`)
  if (!Value.Check(Manifest, value)) throw damaged(`${manifestPath} is not what it should be`)
  return value
}
