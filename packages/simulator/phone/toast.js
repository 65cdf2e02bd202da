const place = document.getElementById('toast')
let timer

/** A line over everything; an empty one takes it away. */
export function showToast(text, forMs = 2_500) {
  clearTimeout(timer)
  place.textContent = text
  place.hidden = text === ''
  if (Number.isFinite(forMs)) timer = setTimeout(() => (place.hidden = true), forMs)
}
