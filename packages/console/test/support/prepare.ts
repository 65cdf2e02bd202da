// Once, before files of tests run side by side: each would build the console and unpack the browser into the same place.
import { launchBrowser } from '../../../../test/support/browser.ts'
import { buildConsole } from './built-console.ts'

buildConsole()
await using _unpacked = await launchBrowser()
