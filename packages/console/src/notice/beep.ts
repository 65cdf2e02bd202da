let context: AudioContext | undefined

/** Browsers let a page sound only after the person has touched it: called on the first key or click. */
export function allowSound(): void {
  context ??= new AudioContext()
  if (context.state === 'suspended') context.resume().catch(() => {})
}

/** Two soft notes, drawn here: no file to load, and louder for what is given to me. */
export function beep(loud: boolean): void {
  if (context?.state !== 'running') return
  const start = context.currentTime
  for (const [index, frequency] of [880, 1174.7].entries()) {
    const at = start + index * 0.14
    const oscillator = context.createOscillator()
    const gain = context.createGain()
    oscillator.frequency.value = frequency
    gain.gain.setValueAtTime(0, at)
    gain.gain.linearRampToValueAtTime(loud ? 0.25 : 0.12, at + 0.015)
    gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.32)
    oscillator.connect(gain).connect(context.destination)
    oscillator.start(at)
    oscillator.stop(at + 0.34)
  }
}
