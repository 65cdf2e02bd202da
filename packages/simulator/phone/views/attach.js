import { control } from '../control.js'
import { element } from '../dom.js'
import { icon } from '../icons.js'
import { SAMPLES, samplePicture, thumbnailOf, toAcceptedImage } from '../pictures.js'
import { showToast } from '../toast.js'
import { say } from '../words.js'

/** Well-known places, so that a demonstration needs no permission. */
const PLACES = [
  ['人民广场', '上海市黄浦区人民大道200号', 31.230416, 121.473701],
  ['三里屯太古里', '北京市朝阳区三里屯路19号', 39.934567, 116.454321],
  ['天河城', '广州市天河区天河路208号', 23.132191, 113.326567],
  ['西湖断桥', '杭州市西湖区北山街', 30.258921, 120.150882],
]

async function orTell(work) {
  try {
    await work()
  } catch (error) {
    showToast(say('failed', error.message))
  }
}

/** The element stays in the page until the choice is made: some browsers forget a loose one. */
function pickFile(accept) {
  return new Promise((resolve) => {
    const input = element('input', { type: 'file', accept, class: 'picker' })
    const end = (file) => {
      input.remove()
      resolve(file)
    }
    input.addEventListener('change', () => end(input.files[0] ?? null))
    input.addEventListener('cancel', () => end(null))
    document.body.append(input)
    input.click()
  })
}

export function askForPicture({ act, phone, sheet }) {
  const sendImage = (bytes) =>
    orTell(async () => {
      sheet.close()
      const { mediaId } = await control.putFile(phone, 'image', bytes)
      await act({ type: 'image', mediaId })
    })
  const choose = () =>
    orTell(async () => {
      const file = await pickFile('image/*')
      if (file) await sendImage(await toAcceptedImage(file))
    })
  const samples = SAMPLES.map((name) => {
    const canvas = samplePicture(name)
    const send = () => canvas.toBlob((bytes) => void sendImage(bytes), 'image/jpeg', 0.9)
    return element(
      'button',
      { type: 'button', class: 'sample', 'aria-label': `${say('samples')} ${name}`, on: { click: send } },
      canvas,
    )
  })
  sheet.open(
    say('photo'),
    element(
      'div',
      { class: 'form' },
      element('button', { type: 'button', class: 'primary', on: { click: choose } }, say('chooseFile')),
      element('h3', {}, say('samples')),
      element('div', { class: 'samples' }, ...samples),
    ),
  )
}

export function askForVideo({ act, phone }) {
  return orTell(async () => {
    const file = await pickFile('video/mp4')
    if (!file) return
    const thumb = await control.putFile(phone, 'thumb', await thumbnailOf(file))
    const film = await control.putFile(phone, 'video', file)
    await act({ type: 'video', mediaId: film.mediaId, thumbMediaId: thumb.mediaId })
  })
}

export function askForFile({ act }) {
  return orTell(async () => {
    const file = await pickFile('')
    if (file) await act({ type: 'file', title: file.name, size: file.size })
  })
}

export function askForPlace({ act, sheet }) {
  const rows = PLACES.map(([name, address, latitude, longitude]) => {
    const send = () => {
      sheet.close()
      void act({ type: 'location', latitude, longitude, scale: 16, label: `${name}(${address})` })
    }
    return element(
      'button',
      { type: 'button', class: 'choice', on: { click: send } },
      icon('location'),
      element('span', {}, element('b', {}, name), element('small', {}, address)),
    )
  })
  sheet.open(say('location'), element('div', { class: 'choices' }, ...rows))
}

export function askForLink({ act, sheet }) {
  const fields = {
    title: ['linkTitle', '双肩包 · 轻便防水 20L'],
    description: ['linkText', '通勤和短途都合适，三色可选'],
    url: ['linkUrl', 'https://example.com/items/20'],
  }
  const inputs = Object.entries(fields).map(([name, [word, value]]) =>
    element(
      'label',
      {},
      say(word),
      element('input', { class: 'field', name, value, required: name !== 'description', maxlength: 500 }),
    ),
  )
  const submit = (event) => {
    event.preventDefault()
    const { title, description, url } = Object.fromEntries(new FormData(event.target))
    sheet.close()
    void act({ type: 'link', title, description, url })
  }
  sheet.open(
    say('link'),
    element('form', { class: 'form', on: { submit } }, ...inputs, element('button', { class: 'primary' }, say('send'))),
  )
}
