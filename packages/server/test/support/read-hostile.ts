// Reads every hostile document, signed as WeChat would sign it: `node read-hostile.ts`. Says on stderr when it begins and ends.
import { readFileSync, writeSync } from 'node:fs'
import { openPush, signature } from '@duoke/wechat'

type Named = { readonly name: string; readonly document: string }
const fixture = new URL('../../../wechat/fixtures/hostile.json', import.meta.url)
const corpus = JSON.parse(readFileSync(fixture, 'utf8')) as Record<string, Named[]> // our own file
const documents = Object.values(corpus)
  .flat()
  .filter(({ document }) => typeof document === 'string')
const query = { signature: signature('AAAAA', '1700000000', 'n'), timestamp: '1700000000', nonce: 'n' }
const credentials = { appId: 'wx1', mode: 'plain', tokens: ['AAAAA'], encodingAesKeys: [] } as const
const read = (document: string) =>
  openPush(credentials, { query, body: Buffer.from(document), nowSeconds: 1_700_000_000 })

// Whatever is loaded on first use is loaded now.
read('<xml><MsgType>text</MsgType></xml>')
read('<!DOCTYPE a []><xml></xml>')
writeSync(2, 'hostile documents begin\n')
const opened = (corpus['entities'] ?? []).filter(({ document }) => read(document).ok).length
for (const { document } of documents) read(document)
writeSync(2, 'hostile documents end\n')
// Entities may be asked for a moment later.
setTimeout(() => {
  writeSync(2, 'hostile documents over\n')
  console.log(JSON.stringify({ opened, read: documents.length, refusable: corpus['entities']?.length }))
}, 300)
