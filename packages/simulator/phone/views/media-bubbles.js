import { control } from '../control.js'
import { button, element } from '../dom.js'
import { icon } from '../icons.js'
import { showToast } from '../toast.js'
import { say } from '../words.js'

export function imageBubble({ mediaId }) {
  const address = control.fileAddress(mediaId)
  const picture = element('img', { src: address, alt: say('image'), decoding: 'async' })
  return element('a', { class: 'picture', href: address, target: '_blank', rel: 'noopener noreferrer' }, picture)
}

let playing = null

/** One voice plays at a time, as on a phone. */
export function voiceBubble({ mediaId, seconds }) {
  const sound = new Audio()
  sound.preload = 'none'
  const toggle = async () => {
    if (!sound.paused) return sound.pause()
    playing?.pause()
    playing = sound
    sound.src ||= control.soundAddress(mediaId)
    sound.currentTime = 0
    try {
      await sound.play()
    } catch (error) {
      showToast(say('failed', error.message))
    }
    return undefined
  }
  const bubble = button(
    `${say('voice')} ${say('seconds', seconds)}`,
    { class: 'bubble voice-bubble', on: { click: toggle } },
    element('span', { class: 'voice-length' }, say('seconds', seconds)),
    icon('waves'),
  )
  bubble.style.setProperty('--seconds', String(Math.min(60, Math.max(1, seconds))))
  for (const type of ['play', 'pause', 'ended']) {
    sound.addEventListener(type, () => bubble.classList.toggle('is-playing', !sound.paused && !sound.ended))
  }
  return bubble
}

export function videoBubble({ mediaId, title }) {
  const film = element('video', {
    src: control.fileAddress(mediaId),
    controls: true,
    preload: 'metadata',
    playsinline: true,
    'aria-label': say('video'),
  })
  return element('div', { class: 'film' }, film, title !== '' && element('small', {}, title))
}
