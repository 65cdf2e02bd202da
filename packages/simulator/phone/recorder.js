/** WeChat's voices are 8 kHz mono; the simulator makes AMR of the wave it is given. */
const RATE = 8_000

/** Resolves to null when there is no microphone or the visitor says no. */
export async function recordMicrophone() {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    const recorder = new MediaRecorder(stream)
    const parts = []
    recorder.addEventListener('dataavailable', ({ data }) => parts.push(data))
    const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve, { once: true }))
    recorder.start()
    return {
      async finish() {
        recorder.stop()
        await stopped
        for (const track of stream.getTracks()) track.stop()
        return parts.length > 0 ? await toWave(await new Blob(parts).arrayBuffer()) : null
      },
    }
  } catch {
    return null
  }
}

async function toWave(encoded) {
  const decoder = new OfflineAudioContext(1, RATE, RATE)
  const decoded = await decoder.decodeAudioData(encoded)
  const context = new OfflineAudioContext(1, Math.max(1, Math.ceil(decoded.duration * RATE)), RATE)
  const source = context.createBufferSource()
  source.buffer = decoded
  source.connect(context.destination)
  source.start()
  const rendered = await context.startRendering()
  return waveFile(rendered.getChannelData(0))
}

/** Syllables without words: a hum that rises and falls. */
export function speakAlone(ms) {
  const samples = new Float32Array(Math.round((ms / 1000) * RATE))
  let phase = 0
  for (let at = 0; at < samples.length; at++) {
    const second = at / RATE
    const syllable = Math.max(0, Math.sin(second * Math.PI * 4.4)) ** 0.6
    phase += (2 * Math.PI * (135 + 28 * Math.sin(second * 5.1))) / RATE
    samples[at] = 0.28 * syllable * (Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.3 * Math.sin(5 * phase))
  }
  return waveFile(samples)
}

function waveFile(samples) {
  const bytes = new DataView(new ArrayBuffer(44 + samples.length * 2))
  const text = (at, letters) => {
    for (const [n, letter] of [...letters].entries()) bytes.setUint8(at + n, letter.charCodeAt(0))
  }
  text(0, 'RIFF')
  bytes.setUint32(4, 36 + samples.length * 2, true)
  text(8, 'WAVEfmt ')
  bytes.setUint32(16, 16, true)
  bytes.setUint16(20, 1, true)
  bytes.setUint16(22, 1, true)
  bytes.setUint32(24, RATE, true)
  bytes.setUint32(28, RATE * 2, true)
  bytes.setUint16(32, 2, true)
  bytes.setUint16(34, 16, true)
  text(36, 'data')
  bytes.setUint32(40, samples.length * 2, true)
  for (const [at, sample] of samples.entries()) {
    bytes.setInt16(44 + at * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true)
  }
  return bytes.buffer
}
