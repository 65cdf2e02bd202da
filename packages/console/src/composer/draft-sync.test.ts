import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DraftMark, DraftSync } from './draft-sync.ts'

/** One server, and screens of one agent with a field each; time passes when the test says so. */
function desk() {
  const server = { text: '', version: 0, isDown: false, held: [] as (() => void)[], isSlow: false }
  const reach = async () => {
    if (server.isSlow) await new Promise<void>((resolve) => server.held.push(resolve))
    if (server.isDown) throw new Error('no network')
  }
  const screen = (mark: DraftMark = { version: 0, isAhead: false }, text = '') => {
    const here = { text, mark, timers: new Set<() => void>() }
    const sync = new DraftSync({
      read: async () => {
        await reach()
        return { text: server.text, version: server.version }
      },
      write: async ({ text: written, version }) => {
        await reach()
        server.version = Math.max(server.version, version) + 1
        server.text = written
        return { text: written, version: server.version }
      },
      mark: () => here.mark,
      setMark: (next) => {
        here.mark = next
      },
      text: () => here.text,
      show: (next) => {
        here.text = next
      },
      after: (_ms, run) => {
        here.timers.add(run)
        return () => here.timers.delete(run)
      },
    })
    const type = (next: string) => {
      here.text = next
      sync.changed()
    }
    const pause = async () => {
      const due = [...here.timers]
      here.timers.clear()
      for (const run of due) run()
      await new Promise(setImmediate)
    }
    return { here, sync, type, pause }
  }
  return { server, screen }
}

test('What is written on one screen is there on the other when one looks, and gone when it was sent', async () => {
  const { server, screen } = desk()
  const [pc, phone] = [screen(), screen()]
  pc.type('您好')
  pc.type('您好，稍等')
  assert.equal(pc.here.timers.size, 1, 'one write for a pause, not for a letter')
  await pc.pause()
  assert.deepEqual([server.text, server.version], ['您好，稍等', 1])
  await phone.sync.look()
  assert.equal(phone.here.text, '您好，稍等')
  phone.type('')
  await phone.pause()
  await pc.sync.look()
  assert.equal(pc.here.text, '')
})

test('Typing always wins: what comes from elsewhere while one types is not shown, and is written over', async () => {
  const { server, screen } = desk()
  const [pc, phone] = [screen(), screen()]
  phone.type('手机上写的')
  await phone.pause()
  server.isSlow = true
  const looking = pc.sync.look()
  pc.type('电脑上写的')
  for (const release of server.held.splice(0)) release()
  await looking
  assert.equal(pc.here.text, '电脑上写的')
  server.isSlow = false
  await pc.pause()
  assert.equal(server.text, '电脑上写的')
  await phone.sync.look()
  assert.equal(phone.here.text, '电脑上写的')
})

test('What is typed while a write is on its way goes out with the next one', async () => {
  const { server, screen } = desk()
  const pc = screen()
  pc.type('一')
  server.isSlow = true
  const paused = pc.pause()
  pc.type('一二')
  await paused
  for (const release of server.held.splice(0)) release()
  server.isSlow = false
  await new Promise(setImmediate)
  assert.equal(server.text, '一')
  assert.equal(pc.here.mark.isAhead, true)
  await pc.pause()
  assert.deepEqual([server.text, pc.here.mark.isAhead], ['一二', false])
})

test('Without a network it stays here over a reload, and goes out when the network is back', async () => {
  const { server, screen } = desk()
  const pc = screen()
  server.isDown = true
  pc.type('断网时写的')
  await pc.pause()
  assert.deepEqual([server.text, pc.here.mark.isAhead, pc.here.timers.size], ['', true, 1])
  const reloaded = screen(pc.here.mark, pc.here.text)
  server.isDown = false
  await reloaded.sync.look()
  assert.deepEqual([server.text, reloaded.here.mark], ['断网时写的', { version: 1, isAhead: false }])
})

test('An answer from before is never newer than what is known, and leaving writes what is ahead', async () => {
  const { server, screen } = desk()
  const pc = screen({ version: 7, isAhead: false }, '新的')
  Object.assign(server, { text: '旧的', version: 5 })
  await pc.sync.look()
  assert.equal(pc.here.text, '新的')
  pc.type('走之前')
  pc.sync.end()
  await new Promise(setImmediate)
  assert.deepEqual([server.text, server.version, pc.here.mark.isAhead], ['走之前', 8, false])
})
