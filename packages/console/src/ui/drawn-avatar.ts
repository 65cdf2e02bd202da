/** WeChat gives no pictures any more: colours and a shape that stay with the id, readable in both themes. */
export type DrawnAvatar = { readonly hue: number; readonly shape: 0 | 1 | 2 | 3; readonly letter: string }

export function drawnAvatarOf(id: string, name: string): DrawnAvatar {
  const digest = fnv1a(id)
  const shape = (digest >>> 9) & 3
  return {
    hue: (digest % 24) * 15,
    shape: shape === 0 ? 0 : shape === 1 ? 1 : shape === 2 ? 2 : 3,
    letter: letterOf(name),
  }
}

/** The first character a person would read, not half of an emoji. */
function letterOf(name: string): string {
  for (const { segment } of new Intl.Segmenter().segment(name.trim())) return segment.toUpperCase()
  return '·'
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}
