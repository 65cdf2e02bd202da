import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The simulator as a process of its own: it speaks to the server over HTTP only, as WeChat does. */
export async function startSimulatorProcess(options: {
  port: number
  exampleFile: string
  stateFolder: string
  host: string
}): Promise<AsyncDisposable & { url: string }> {
  const main = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url))
  const child = spawn(
    process.execPath,
    [
      main,
      'simulate',
      '--json',
      '--host',
      options.host,
      '--port',
      String(options.port),
      '--example',
      options.exampleFile,
      '--state',
      options.stateFolder,
    ],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, DUOKE_SIMULATE_WITH_PARENT: '1' },
      // Ctrl-C reaches us alone; we stop the server first, so that the simulator's last pushes find nobody half gone.
      detached: true,
    },
  )
  const url = await firstAddress(child)
  return {
    url,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      child.kill('SIGTERM')
      const hard = setTimeout(() => child.kill('SIGKILL'), 5000)
      await gone
      clearTimeout(hard)
    },
  }
}

function firstAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`The simulator ended at once (exit code ${code}).`)))
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const line = text.split('\n')[0]
      if (text.includes('\n') && line !== undefined) resolve((JSON.parse(line) as { url: string }).url) // printed by `simulate --json`
    })
  })
}
