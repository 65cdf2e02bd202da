import { defineConfig } from '@lingui/cli'
import { formatter } from '@lingui/format-po'

/** Chinese is the source text, in the code; English is the one catalogue to keep. */
export default defineConfig({
  locales: ['zh-CN', 'en'],
  sourceLocale: 'zh-CN',
  catalogs: [{ path: '<rootDir>/src/i18n/locales/{locale}', include: ['<rootDir>/src'] }],
  format: formatter({ origins: false, lineNumbers: false }),
})
