import { clockRangePattern } from '@duoke/contract'

const range = new RegExp(clockRangePattern)
const most = 10

/** `09:00-12:00, 13:30-18:00` as ranges; nothing where one is not written like that. An empty text means closed. */
export function readRanges(text: string): string[] | undefined {
  const parts = text
    .replaceAll(/[，、；;]/g, ',')
    .replaceAll(/[：]/g, ':')
    .replaceAll(/\s*[-–—~～至]\s*/g, '-')
    .split(/[,\s]+/)
    .filter((part) => part !== '')
    .map((part) => part.replaceAll(/(?<!\d)(\d:)/g, '0$1'))
  return parts.length <= most && parts.every((part) => range.test(part)) ? parts : undefined
}

export const writeRanges = (ranges: readonly string[]): string => ranges.join(', ')
