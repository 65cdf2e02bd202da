import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Every process that works on the data folder: Duoke, its simulator, its PostgreSQL. */
export function processesOf(data: string): string[] {
  const state = join(data, 'database/state.json')
  const marks = [data, ...(existsSync(state) ? [`cluster_name=${JSON.parse(readFileSync(state, 'utf8')).name}`] : [])]
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' })
  return stdout.split('\n').filter((line) => marks.some((mark) => line.includes(mark)))
}

/** Waits for what must come by itself, and answers the last state when it does not. */
export async function settled<T>(read: () => T | Promise<T>, isSettled: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const value = await read()
    if (isSettled(value) || Date.now() > deadline) return value
    await sleep(100)
  }
}

export async function isReachable(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  )
}
