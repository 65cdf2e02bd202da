import { defineConfig } from '@lingui/cli'
import { formatter } from '@lingui/format-po'
import { manageFolders } from './src/i18n/manage-folders.ts'
import { sparedFolders } from './src/i18n/spared-folders.ts'

const within = (folder: string) => `<rootDir>/src/${folder}`
const manage = manageFolders.map(within)
const spared = sparedFolders.map(within)

/**
 * Chinese is the source text, in the code; English is what there is to keep. The pages of administration, and what the desk
 * shows only when it is asked for, have catalogues of their own, which the first load does without.
 */
export default defineConfig({
  locales: ['zh-CN', 'en'],
  sourceLocale: 'zh-CN',
  catalogs: [
    { path: '<rootDir>/src/i18n/locales/desk/{locale}', include: ['<rootDir>/src'], exclude: [...manage, ...spared] },
    { path: '<rootDir>/src/i18n/locales/spared/{locale}', include: spared },
    { path: '<rootDir>/src/i18n/locales/manage/{locale}', include: manage },
  ],
  format: formatter({ origins: false, lineNumbers: false }),
})
