/**
 * The page's only way to make elements. Text goes in as text nodes: nothing that anybody wrote is ever read as markup.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] `class`, `on` (listeners), `data`, and attributes by name
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag)
  const { on = {}, data = {}, ...attributes } = properties
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue
    made.setAttribute(name, value === true ? '' : String(value))
  }
  for (const [name, value] of Object.entries(data)) made.dataset[name] = String(value)
  for (const [name, listener] of Object.entries(on)) made.addEventListener(name, listener)
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return made
}

export function button(label, properties, ...children) {
  return element('button', { type: 'button', 'aria-label': label, title: label, ...properties }, ...children)
}

const SVG = 'http://www.w3.org/2000/svg'

/** @param {[string, Record<string, string | number>][]} shapes */
export function drawing(viewBox, shapes, properties = {}) {
  const svg = document.createElementNS(SVG, 'svg')
  const attributes = { viewBox, 'aria-hidden': 'true', focusable: 'false', ...properties }
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, String(value))
  for (const [tag, shape] of shapes) {
    const { text, ...geometry } = shape
    const node = document.createElementNS(SVG, tag)
    for (const [name, value] of Object.entries(geometry)) node.setAttribute(name, String(value))
    if (text !== undefined) node.textContent = text
    svg.append(node)
  }
  return svg
}

export function replace(parent, ...children) {
  parent.replaceChildren(...children.filter((child) => child))
}
