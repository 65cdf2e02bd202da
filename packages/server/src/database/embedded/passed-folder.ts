import { closeSync, openSync } from 'node:fs'

export type PassedFolder = Disposable & {
  path: string
  /** What the program is told. */
  argument: string
  /** What the program inherits as its first descriptors after the standard three. */
  descriptors: number[]
}

/**
 * On Linux the server inherits its cluster as an open folder and is told to look there: so `nobody` can use a folder
 * below one that only root may enter. (Its working directory would do as well, but PostgreSQL 15 leaves it and cannot
 * come back.)
 */
export function passedFolder(path: string): PassedFolder {
  if (process.platform !== 'linux') return { path, argument: path, descriptors: [], [Symbol.dispose]: () => {} }
  const descriptor = openSync(path, 'r')
  return {
    path,
    argument: '/proc/self/fd/3',
    descriptors: [descriptor],
    [Symbol.dispose]: () => closeSync(descriptor),
  }
}
