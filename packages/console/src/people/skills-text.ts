import { type Skills, skillPattern } from '@duoke/contract'

export const writeSkills = (skills: Skills): string =>
  Object.entries(skills)
    .map(([skill, level]) => `${skill}:${level}`)
    .join('，')

/** Skills as one writes them, `英语:3，退款:5`; nothing when they cannot be read. A skill without a level has the lowest. */
export function readSkills(text: string): Skills | undefined {
  const entries = text
    .split(/[,，、;；]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [skill = '', level = '1'] = part.split(/[:：]/).map((piece) => piece.trim())
      return [skill, Number(level)] as const
    })
  const isGood = entries.every(
    ([skill, level]) => new RegExp(skillPattern).test(skill) && Number.isInteger(level) && level >= 1 && level <= 5,
  )
  return isGood ? Object.fromEntries(entries) : undefined
}
