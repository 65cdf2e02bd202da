type Line = {
  readonly space: number
  readonly isItem: boolean
  readonly keyAt: number
  readonly key: string | undefined
}

/** The keys above a place of a YAML document written in blocks, outermost first; `-` stands for an item of a list. */
export function pathAt(lines: readonly string[], at: number): string[] {
  const current = lineOf(lines[at] ?? '')
  const path = current.isItem ? ['-'] : []
  let limit = current.isItem ? current.space + 1 : current.keyAt
  let itemAt = current.isItem ? current.space : -1
  for (let index = at - 1; index >= 0 && limit > 0; index--) {
    const text = lines[index] ?? ''
    if (/^\s*(#|$)/.test(text)) continue
    const { space, isItem, keyAt, key } = lineOf(text)
    if (key !== undefined && keyAt < limit && (!isItem || space !== itemAt)) {
      path.unshift(key)
      limit = keyAt
    }
    if (isItem && space < limit && space !== itemAt) {
      path.unshift('-')
      // A list may stand as deep as the key that it belongs to.
      limit = space + 1
      itemAt = space
    }
  }
  return path
}

function lineOf(text: string): Line {
  const [, space = '', dashes = '', key] = /^(\s*)((?:-\s+)*)(?:([^\s#:][^:]*):(?:\s.*)?)?/.exec(text) ?? []
  return {
    space: space.length,
    isItem: dashes !== '',
    keyAt: space.length + dashes.length,
    key: key?.trim().replace(/^(['"])(.*)\1$/, '$2'),
  }
}
