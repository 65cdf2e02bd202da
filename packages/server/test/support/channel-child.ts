// A server in a process of its own, to be ended at a failpoint: `node channel-child.ts GROUND`, the ground as JSON.
import { randomBytes } from 'node:crypto'
import { failpointFrom } from '../../src/events/failpoint.ts'
import { createSecretBox } from '../../src/identity/secret-box.ts'
import { startChannelServer } from './channel-server.ts'

const { connection, key, mediaFolder, name } = JSON.parse(process.argv[2] ?? '')
const server = await startChannelServer(
  {
    connection,
    mediaFolder,
    secretBox: createSecretBox(Buffer.from(key, 'hex'), randomBytes),
    drawId: (kind) => `${kind.slice(0, 2)}_${randomBytes(12).toString('base64url')}`,
  },
  { failpoint: failpointFrom(process.env), ...(name !== undefined && { name }) },
)
console.log(server.url)
process.stdin.resume()
process.stdin.on('end', () => void server[Symbol.asyncDispose]())
