// Sizes, names and forbidden words. Each message says what to do instead.
import { posix } from 'node:path'
import type { TextFile } from './repository.ts'
import { isTest, type Source } from './source.ts'

const fileCeiling = 400
const fileNinetieth = 250
const functionCeiling = 70

export function sizeViolations(sources: Source[]): string[] {
  const long = sources.filter((source) => source.lineCount > fileCeiling)
  const counts = sources.map((source) => source.lineCount).sort((left, right) => left - right)
  const ninetieth = counts[Math.ceil(counts.length * 0.9) - 1] ?? 0
  return [
    ...long.map(
      ({ path, lineCount }) =>
        `${path}: ${lineCount} lines, the ceiling is ${fileCeiling}. Find the second idea in it and give it a file.`,
    ),
    ...(ninetieth > fileNinetieth
      ? [`One file in ten has more than ${ninetieth} lines; ${fileNinetieth} is the limit. Split the longest ones.`]
      : []),
    ...sources.flatMap(({ path, functions }) =>
      functions
        .filter(({ lines }) => lines > functionCeiling)
        .map(
          ({ name, line, lines }) =>
            `${path}:${line}: ${name} has ${lines} lines, the ceiling is ${functionCeiling}. Name its steps.`,
        ),
    ),
  ]
}

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
const saysNothing = /(^|[-.])(util|utils|helper|helpers|common|manager|managers|misc)($|[-.])/
const code = /\.(ts|tsx|js|mjs|cjs|css|sql|json|html|svg)$/

export function nameViolations(paths: string[]): string[] {
  const checked = paths.filter((path) => code.test(path) && /^(packages|test|bench)\//.test(path))
  return checked.flatMap((path) => {
    const fixture = path.includes('/fixtures/')
    const parts = path.split('/')
    const odd = parts.find((part) => !kebab.test(part))
    const empty = parts.find((part) => saysNothing.test(part))
    return [
      ...(odd && !fixture ? [`${path}: "${odd}" is not kebab-case.`] : []),
      ...(empty ? [`${path}: "${empty}" says nothing. Name the file after what it does.`] : []),
    ]
  })
}

export function importNameViolations(sources: Source[]): string[] {
  return sources.flatMap(({ path, imports }) =>
    imports
      .filter(({ specifier }) => specifier.startsWith('.') && !hasEnding(specifier) && !isScript(path))
      .map(({ specifier, line }) => `${path}:${line}: "${specifier}" must name the file with its ending, such as .ts.`),
  )
}

/** Pages that a browser loads without a compiler import what is really there. */
function isScript(path: string): boolean {
  return /\.(js|mjs|cjs)$/.test(path)
}

function hasEnding(specifier: string): boolean {
  return /\.(ts|tsx|json|css|svg|html|po|cjs)$/.test(posix.basename(specifier).replace(/\?.*$/, ''))
}

const unfinished = /\b(TODO|FIXME|HACK)\b/

export function commentViolations(sources: Source[]): string[] {
  return sources.flatMap(({ path, comments }) =>
    comments
      .filter(({ text }) => unfinished.test(text))
      .map(
        ({ line }) => `${path}:${line}: an unfinished thing is finished, or written down as an issue; not a comment.`,
      ),
  )
}

/** `as` switches the compiler off; the house allows it at the edges, and never without its reason. */
export function assertionViolations(sources: Source[]): string[] {
  return sources
    .filter(({ path }) => !isTest(path))
    .flatMap(({ path, assertions }) =>
      assertions
        .filter(({ reason }) => !reason)
        .map(({ line }) => `${path}:${line}: "as" without a reason. Parse or narrow instead, or say why in a comment.`),
    )
}

const forbidden: { pattern: RegExp; because: string }[] = [
  {
    // A lockfile or a script that names one registry does not install behind another.
    pattern: /\bregistry\.[a-z0-9-]+(\.[a-z]+)+|npmmirror\.com/i,
    because: "names a package registry's host; npm takes the one its user has set",
  },
  {
    pattern: /(?<![\w./*-])\/(work|root|home|Users|mnt)\/[\w.-]/,
    because: 'names a path of one machine; take it from import.meta.url, an argument or the temporary folder',
  },
  {
    pattern: /rejectUnauthorized['"]?\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED/,
    because: 'switches certificate checks off; add the certificate authority with NODE_EXTRA_CA_CERTS instead (F85)',
  },
]

export function textViolations(files: TextFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    forbidden.flatMap(({ pattern, because }) => {
      const lines = text.split('\n')
      const at = lines.findIndex((line) => pattern.test(line))
      return at === -1 ? [] : [`${path}:${at + 1}: ${because}.`]
    }),
  )
}
