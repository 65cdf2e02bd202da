// Loaded before anything else (`--import`): from then on the domain makes its decisions without the record.
import { registerHooks } from 'node:module'

const record = new URL('../../packages/domain/src/routing/record.ts', import.meta.url).href
const without = new URL('without-record.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    return found.url === record && context.parentURL !== without ? { ...found, url: without } : found
  },
})
