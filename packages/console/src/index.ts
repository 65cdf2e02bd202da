/** Where the built console lies, for a server that shows it. */
export const consoleFolder: URL = new URL('../dist/', import.meta.url)
export { declaredScopes } from './declared-scopes.ts'
