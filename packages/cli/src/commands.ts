import type { Commands } from './program.ts'

/** Each command's module is loaded when it runs. */
export const commands: Commands = {
  start: async (options) => (await import('./run/start.ts')).start(options),
  serve: async (options) => (await import('./run/serve.ts')).serve(options),
  simulate: async (options) => (await import('./run/simulate.ts')).simulate(options),
  apply: async (options, args) => (await import('./run/apply.ts')).apply(options, args),
  tokenCreate: async (options) => (await import('./run/token.ts')).createToken(options),
  doctor: async (options) => (await import('./run/doctor.ts')).doctor(options),
  backup: async (options, args) => (await import('./run/backup.ts')).backup(options, args),
  restore: async (options, args) => (await import('./run/backup.ts')).restore(options, args),
  export: async (options, args) => (await import('./run/archive.ts')).exportArchive(options, args),
  import: async (options, args) => (await import('./run/archive.ts')).importArchive(options, args),
  rulesPreview: async (options) => (await import('./run/rules-preview.ts')).previewRules(options),
  rulesFairness: async (options) => (await import('./run/rules-fairness.ts')).fairness(options),
  rulesForecast: async (options) => (await import('./run/rules-forecast.ts')).forecast(options),
  version: async (options) => (await import('./run/version.ts')).version(options),
}
