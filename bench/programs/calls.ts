// Calls between the bench and the processes that it starts, over the channel that Node puts between parent and child.
import { fork } from 'node:child_process'
import { once } from 'node:events'

type Handler = (input: never) => Promise<unknown>
export type Handlers = Readonly<Record<string, Handler>>
type Input<H> = H extends (input: infer I) => unknown ? I : never
type Output<H> = H extends (input: never) => Promise<infer O> ? O : never

type Call = { readonly id: number; readonly name: string; readonly input: unknown }
type Answer = { readonly id: number; readonly value?: unknown; readonly failure?: string }

/** In the child: answers calls until the bench goes away. */
export function answerCalls(handlers: Handlers): void {
  process.on('message', (message) => {
    const { id, name, input } = message as Call // sent by `call` below
    const handler = handlers[name]
    if (handler === undefined) throw new Error(`Nobody handles ${name}.`)
    handler(input as never).then(
      // the caller's types come from the same handlers
      (value) => process.send?.({ id, value } satisfies Answer),
      (error: unknown) => process.send?.({ id, failure: wordsOf(error) } satisfies Answer),
    )
  })
  process.on('disconnect', () => process.exit())
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

export type Program<H> = AsyncDisposable & {
  call<Name extends keyof H & string>(name: Name, input: Input<H[Name]>): Promise<Output<H[Name]>>
}

/** In the bench: starts a file as a process of its own. Its errors are shown, its other output is not. */
export function startProgram<H>(file: URL, nodeFlags: readonly string[] = []): Program<H> {
  // The server refuses settings that it does not know, and nothing of ours may reach it from outside.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DUOKE_')))
  const child = fork(file, {
    env: { ...env, NODE_ENV: 'production' },
    execArgv: ['--disable-warning=ExperimentalWarning', ...nodeFlags],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  })
  const waiting = new Map<number, { done: (value: unknown) => void; failed: (error: Error) => void }>()
  let isStopping = false
  let lastId = 0
  child.on('message', (message) => {
    const { id, value, failure } = message as Answer // sent by `answerCalls` above
    const call = waiting.get(id)
    waiting.delete(id)
    if (failure === undefined) call?.done(value)
    else call?.failed(new Error(failure))
  })
  child.on('exit', (code, signal) => {
    const ending = new Error(`${file.pathname.split('/').at(-1)} ended (${signal ?? code}).`)
    for (const call of waiting.values()) call.failed(ending)
    waiting.clear()
  })
  return {
    call(name, input) {
      lastId += 1
      const call: Call = { id: lastId, name, input }
      return new Promise((done, failed) => {
        waiting.set(call.id, { done: done as (value: unknown) => void, failed }) // the handler's own answer
        child.send(call, (error) => error !== null && failed(error))
      })
    },
    async [Symbol.asyncDispose]() {
      if (isStopping || child.exitCode !== null || child.signalCode !== null) return
      isStopping = true
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await ended
      clearTimeout(late)
    },
  }
}
