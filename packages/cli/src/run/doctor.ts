import type { Finding } from '@duoke/server'
import { exitCodes } from '../exit-codes.ts'
import { explainFailure } from '../explain-failure.ts'
import { withInstallation } from '../installation.ts'
import { print } from '../options.ts'

/** `duoke doctor`: examines and explains; exit code 5 when something must be put right. */
export async function doctor(options: Record<string, unknown>): Promise<void> {
  const findings = await examine(options)
  print(options, { findings }, () => findings.map(describe).join('\n'))
  if (findings.some((finding) => finding.state === 'bad')) process.exitCode = exitCodes.unhealthy
}

async function examine(options: Record<string, unknown>): Promise<Finding[]> {
  try {
    return await withInstallation(options, false, async (installation) => {
      if (installation.kind === 'local') {
        const examined = await installation.operator.examine()
        return [...opened, ...examined]
      }
      const { examineServer } = await import('../examine-server.ts')
      return examineServer(installation.client, installation.url)
    })
  } catch (error) {
    return [obstacle(error)]
  }
}

/** What has been seen to be well when the database could be opened at all. */
const opened: readonly Finding[] = [
  { what: 'settings', state: 'good', sentence: 'Every DUOKE_* variable is known and usable.' },
  { what: 'key', state: 'good', sentence: 'It opens the secrets of this database.' },
]

/** What keeps the examination from beginning is its first finding; a wrong command line stays one. */
function obstacle(error: unknown): Finding {
  const explained = explainFailure(error)
  if (explained === null) throw error
  const { exitCode, sentence, details } = explained
  const isSettings = error instanceof Error && error.name === 'UnusableSettings'
  if (exitCode === exitCodes.usage && !isSettings) throw error
  const isKey = error instanceof Error && error.name === 'SecretBoxError'
  const what = isSettings ? 'settings' : isKey ? 'key' : 'installation'
  return { what, state: 'bad', sentence, ...(details.length > 0 && { whatToDo: details.join('\n    ') }) }
}

const signs = { good: '✓', warning: '!', bad: '✗' } as const

function describe(finding: Finding): string {
  const advice = finding.whatToDo === undefined ? '' : `\n    ${finding.whatToDo}`
  return `${signs[finding.state]} ${finding.what}: ${finding.sentence}${advice}`
}
