const RATE = 8_000
const HEADER_BYTES = 44

/** 8 kHz mono 16-bit, which every browser plays. */
export function writeWave(samples: Float32Array): Uint8Array {
  const file = Buffer.alloc(HEADER_BYTES + samples.length * 2)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(36 + samples.length * 2, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(RATE, 24)
  file.writeUInt32LE(RATE * 2, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(samples.length * 2, 40)
  for (const [at, sample] of samples.entries()) {
    file.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), HEADER_BYTES + at * 2)
  }
  return file
}

/** The samples of an 8 kHz mono 16-bit wave, as the phone page records it; undefined for anything else. */
export function readWave(bytes: Uint8Array): Float32Array | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file.length < HEADER_BYTES) return undefined
  const isWave = file.toString('latin1', 0, 4) === 'RIFF' && file.toString('latin1', 8, 16) === 'WAVEfmt '
  if (!isWave || file.readUInt16LE(22) !== 1 || file.readUInt32LE(24) !== RATE || file.readUInt16LE(34) !== 16) {
    return undefined
  }
  const samples = new Float32Array(Math.floor((file.length - HEADER_BYTES) / 2))
  for (let at = 0; at < samples.length; at++) samples[at] = file.readInt16LE(HEADER_BYTES + at * 2) / 32_768
  return samples
}
