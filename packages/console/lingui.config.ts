import { defineConfig } from '@lingui/cli'
import { formatter } from '@lingui/format-po'
import { manageFolders } from './src/i18n/manage-folders.ts'

const manage = manageFolders.map((folder) => `<rootDir>/src/${folder}`)

/**
 * Chinese is the source text, in the code; English is what there is to keep. The pages of administration have a catalogue of
 * their own, which the first load does without.
 */
export default defineConfig({
  locales: ['zh-CN', 'en'],
  sourceLocale: 'zh-CN',
  catalogs: [
    { path: '<rootDir>/src/i18n/locales/desk/{locale}', include: ['<rootDir>/src'], exclude: manage },
    { path: '<rootDir>/src/i18n/locales/manage/{locale}', include: manage },
  ],
  format: formatter({ origins: false, lineNumbers: false }),
})
