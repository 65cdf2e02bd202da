// Bodies without end against a server in a process of its own, whose memory the kernel counts.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { setStage } from './support/channel-stage.ts'
import { testDatabase } from './support/database.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())

const megabyte = 1024 * 1024
const chunk = Buffer.alloc(65_536, 'x')
const framed = Buffer.concat([Buffer.from('10000\r\n'), chunk, Buffer.from('\r\n')])

/** Writes a body until the server hangs up, or to its end; answers what was said and how much went out. */
function flood(url: URL, { bytes, head }: { bytes: number; head: string }): Promise<{ said: string; wrote: number }> {
  return new Promise((resolve) => {
    let [said, wrote] = ['', 0]
    const socket = connect(Number(url.port), url.hostname)
    const piece = head.includes('chunked') ? framed : chunk
    const write = () => {
      while (wrote < bytes && !socket.destroyed) {
        wrote += chunk.length
        if (!socket.write(piece)) return
      }
    }
    socket.on('connect', () => {
      socket.write(`POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n`)
      write()
    })
    socket.on('drain', write)
    socket.on('data', (data) => {
      said += data.toString('latin1')
    })
    // Being cut off while writing is what is wanted.
    socket.on('error', () => {})
    socket.on('close', () => resolve({ said, wrote }))
  })
}

const memoryFile = (pid: number) => `/proc/${pid}/status`
const kilobytes = (pid: number, name: string) =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(memoryFile(pid), 'utf8'))?.[1])

test('F31: 200 MB without end take at most 20 MB of memory, and others are answered meanwhile', {
  timeout: 120_000,
  skip: existsSync('/proc/self/clear_refs') ? false : 'only Linux counts the peak of another process',
}, async (t) => {
  await using stage = await setStage(database.connection, { isDriven: true })
  const program = join(import.meta.dirname, 'support', 'channel-child.ts')
  const child = spawn(process.execPath, [program, JSON.stringify(stage.ground)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  try {
    const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
    const url = new URL(`${first.value}/wechat/${stage.accountId}?encrypt_type=aes`)
    const settings = stage.simulator.world.account('shop')?.settings ?? assert.fail()
    stage.simulator.world.putAccount({ ...settings, pushUrl: `${first.value}/wechat/${stage.accountId}` })
    const declared = { bytes: 200 * megabyte, head: `Content-Length: ${200 * megabyte}` }
    const undeclared = { bytes: 200 * megabyte, head: 'Transfer-Encoding: chunked' }
    // What the first ones need (compiled code, buffers of the sockets) is not counted.
    for (let count = 0; count < 50; count++) await flood(url, count % 2 === 0 ? undeclared : declared)
    await stage.write('热身')
    const pid = child.pid ?? assert.fail()
    writeFileSync(`/proc/${pid}/clear_refs`, '5') // sets the peak back to what is used now
    const before = kilobytes(pid, 'VmRSS')
    let [wrote, slowestMs] = [0, 0]
    while (wrote < 200 * megabyte) {
      const started = performance.now()
      const [answers] = await Promise.all([
        Promise.all(Array.from({ length: 8 }, (_, at) => flood(url, at === 0 ? declared : undeclared))),
        stage.write('在吗').then(() => {
          slowestMs = Math.max(slowestMs, performance.now() - started)
        }),
      ])
      for (const answer of answers) {
        assert.match(answer.said, /^HTTP\/1\.1 413 |^$/, 'cut off, at times before the answer could be read')
        wrote += answer.wrote
      }
    }
    const grownMb = (kilobytes(pid, 'VmHWM') - before) / 1024
    t.diagnostic(
      `${Math.round(wrote / megabyte)} MB sent, ${grownMb.toFixed(1)} MB of memory at most, a push in ${slowestMs.toFixed(0)} ms`,
    )
    assert.ok(grownMb <= 20, `the server grew by ${grownMb} MB`)
    assert.ok(slowestMs < 2_500)
  } finally {
    child.stdin.end()
    await ended
  }
})
