/** Pictures made on the spot, so that nobody has to look for one. */

export const SAMPLES = ['mountains', 'parcel', 'receipt']
const LARGEST_SIDE = 2_048
const MOST_IMAGE_BYTES = 10 * 1024 * 1024
const THUMB_SIDE = 240

const DRAW = {
  mountains(pen, width, height) {
    const sky = pen.createLinearGradient(0, 0, 0, height)
    sky.addColorStop(0, '#f7b267')
    sky.addColorStop(1, '#f4845f')
    fill(pen, sky, [
      [0, 0],
      [width, 0],
      [width, height],
      [0, height],
    ])
    pen.fillStyle = '#fff3d6'
    pen.beginPath()
    pen.arc(width * 0.7, height * 0.32, 54, 0, 7)
    pen.fill()
    fill(pen, '#c8553d', [
      [0, height],
      [0, height * 0.62],
      [150, height * 0.4],
      [300, height * 0.66],
      [470, height * 0.36],
      [width, height * 0.68],
      [width, height],
    ])
    fill(pen, '#6d3b47', [
      [0, height],
      [0, height * 0.8],
      [220, height * 0.62],
      [420, height * 0.86],
      [width, height * 0.7],
      [width, height],
    ])
  },
  parcel(pen, width, height) {
    fill(pen, '#dfe7ee', [
      [0, 0],
      [width, 0],
      [width, height],
      [0, height],
    ])
    fill(pen, '#c99b6a', [
      [140, 170],
      [320, 110],
      [500, 170],
      [320, 235],
    ])
    fill(pen, '#b48354', [
      [140, 170],
      [320, 235],
      [320, 420],
      [140, 345],
    ])
    fill(pen, '#9c6d42', [
      [500, 170],
      [320, 235],
      [320, 420],
      [500, 345],
    ])
    fill(pen, '#e8d5b5', [
      [215, 145],
      [400, 205],
      [400, 250],
      [375, 262],
      [375, 215],
      [190, 153],
    ])
    pen.strokeStyle = '#7a1f1f'
    pen.lineWidth = 5
    pen.beginPath()
    pen.moveTo(170, 250)
    pen.lineTo(205, 300)
    pen.lineTo(190, 320)
    pen.lineTo(225, 365)
    pen.stroke()
  },
  receipt(pen, width, height) {
    fill(pen, '#42525e', [
      [0, 0],
      [width, 0],
      [width, height],
      [0, height],
    ])
    fill(pen, '#fbfaf5', [
      [190, 40],
      [450, 40],
      [450, 440],
      [190, 440],
    ])
    pen.fillStyle = '#333'
    pen.font = '600 26px sans-serif'
    pen.fillText('ACME', 280, 92)
    pen.font = '19px sans-serif'
    const lines = [
      ['Bag 20L', '199.00'],
      ['Strap', '25.00'],
      ['Postage', '0.00'],
      ['Total', '224.00'],
    ]
    for (const [at, [name, price]] of lines.entries()) {
      pen.fillText(name, 215, 160 + at * 46)
      pen.fillText(price, 360, 160 + at * 46)
    }
    for (let x = 215; x < 425; x += 7)
      fill(pen, '#222', [
        [x, 360],
        [x + 1 + (x % 4), 360],
        [x + 1 + (x % 4), 410],
        [x, 410],
      ])
  },
}

function fill(pen, style, points) {
  pen.fillStyle = style
  pen.beginPath()
  for (const [x, y] of points) pen.lineTo(x, y)
  pen.fill()
}

export function samplePicture(name) {
  const canvas = document.createElement('canvas')
  canvas.width = 640
  canvas.height = 480
  DRAW[name](canvas.getContext('2d'), canvas.width, canvas.height)
  return canvas
}

/** WeChat takes PNG, JPEG and GIF; everything else a browser can show becomes a JPEG, as a phone would send it. */
export async function toAcceptedImage(file) {
  const isAccepted = ['image/png', 'image/jpeg', 'image/gif'].includes(file.type)
  if (isAccepted && file.size <= MOST_IMAGE_BYTES) return file
  return toJpeg(await createImageBitmap(file), LARGEST_SIDE)
}

/** The first picture of a film, small enough for a thumb (64 KB). */
export async function thumbnailOf(file) {
  const film = document.createElement('video')
  film.muted = true
  film.src = URL.createObjectURL(file)
  try {
    await new Promise((resolve, reject) => {
      film.addEventListener('loadeddata', resolve, { once: true })
      film.addEventListener('error', () => reject(new Error(film.error?.message ?? 'video')), { once: true })
    })
    return await toJpeg(film, THUMB_SIDE)
  } finally {
    URL.revokeObjectURL(film.src)
  }
}

function toJpeg(source, longestSide) {
  const width = source.videoWidth ?? source.width
  const height = source.videoHeight ?? source.height
  const scale = Math.min(1, longestSide / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  canvas.getContext('2d').drawImage(source, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85))
}
