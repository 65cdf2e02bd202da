import { readFileSync, statSync } from 'node:fs'
import { DatabaseRefusal } from '../refusal.ts'
import type { Folder } from './folder.ts'

/** The account that PostgreSQL runs as, when it is not our own. */
export type Account = { uid: number; gid: number }

/** PostgreSQL refuses to run as root: then it runs as `nobody`, or as the account that made the cluster. */
export function accountFor(folder: Folder): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  if (process.platform !== 'linux') {
    throw new DatabaseRefusal(
      'data_unusable',
      'PostgreSQL does not run as root.',
      'Start Duoke as an ordinary user, or give your own server with --database URL.',
    )
  }
  const made = statSync(folder.cluster, { throwIfNoEntry: false })
  return made !== undefined && made.uid !== 0 ? { uid: made.uid, gid: made.gid } : nobody()
}

function nobody(): Account {
  const entry = readFileSync('/etc/passwd', 'utf8').match(/^nobody:[^:]*:(\d+):(\d+):/m)
  return { uid: Number(entry?.[1] ?? 65_534), gid: Number(entry?.[2] ?? 65_534) }
}
